import { type Clock, type Logger, type Stop, silentLogger, systemClock } from '../../kernel';
import type { KubeObject } from '../schema';
import { admissionChain } from './admission/admission-chain';
import { namespaceLifecycle } from './admission/namespace-lifecycle';
import { rbacEscalation } from './admission/rbac-escalation';
import { type AdmissionReviewer, reviewAdmission } from './admission/review-admission';
import { WebhookAdmission } from './admission/webhooks/webhook-admission';
import { WebhookClient } from './admission/webhooks/webhook-client';
import { openAdminToken } from './authentication/admin-token';
import { CertificateAuthority, type CertificateRequest, type KeyPair } from './authentication/certificate-authority';
import { adminUser, certificateUser } from './authentication/credentials';
import { ServiceAccountTokens } from './authentication/service-account-tokens';
import { ServiceAccountUsers } from './authentication/service-account-user';
import { RbacAuthorizer } from './authorisation/rbac';
import { ensureBootstrapObjects, ensureObject, kubernetesService } from './bootstrap-objects';
import { Controllers } from './controllers/start-controllers';
import { followDefinitions } from './definition-loader';
import { HttpsServer } from './http/https-server';
import { kubeconfigOf, urlHost } from './kubeconfig';
import { defaultRequestLimits, RequestGate, type RequestLimits } from './limits/request-limits';
import { AuditLog, type AuditOptions } from './observe/audit-log';
import { ServerMetrics } from './observe/server-metrics';
import { OpenApiDocuments } from './openapi/openapi';
import { ObjectRegistry } from './registry/object-registry';
import type { ResourceRequest } from './request/request-info';
import { answerRequest, type ChainContext } from './request-chain';
import { builtInKinds } from './resources/built-in-kinds';
import { ResourceRegistry } from './resources/resource-registry';
import { followServices, RangeAllocator } from './resources/service-allocator';
import { EventLines } from './rest/event-lines';
import type { WatchSettings } from './rest/running-watch';
import { isReview } from './reviews/serve-review';
import type { ReviewedToken } from './reviews/token-review';
import { ObjectStore, type StoreLimits } from './storage';

/** How to start an embedded API server; only the data folder is needed. */
export interface ApiServerOptions {
  /** Keeps the log, the snapshots, the authority and the admin token. Made when absent; one process at a time. */
  readonly dataDir: string;
  /** Address to listen on; loopback unless told otherwise. */
  readonly host?: string;
  /** 0 for any free port. */
  readonly port?: number;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Installed, or brought up to date, before the server is ready. */
  readonly customResourceDefinitions?: readonly KubeObject[];
  /** Judges every create and update in this process, after schema and defaults; the hub checks its objects with it. */
  readonly reviewer?: AdmissionReviewer;
  /** Where cluster IPs come from, IPv4; default `10.96.0.0/16`. */
  readonly serviceCidr?: string;
  /** `iss` of service account tokens; default `https://kubernetes.default.svc.cluster.local`. */
  readonly serviceAccountIssuer?: string;
  /** Name of the cluster in the kubeconfig. */
  readonly name?: string;
  readonly watch?: Partial<WatchSettings>;
  readonly storage?: Partial<StoreLimits>;
  readonly limits?: Partial<RequestLimits>;
  /** Writes an audit log; none unless given. */
  readonly audit?: AuditOptions;
}

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_ISSUER = 'https://kubernetes.default.svc.cluster.local';
const DEFAULT_SERVICE_CIDR = '10.96.0.0/16';
const WATCH_DEFAULTS: WatchSettings = { bookmarkIntervalMs: 30_000, maxDurationMs: 30 * 60_000 };
/** Kubernetes' default range. */
const NODE_PORTS = { firstNodePort: 30_000, lastNodePort: 32_767 };

/**
 * Starts a Kubernetes API server inside this process.
 * @throws FlotillaError FLO2250 when the data folder is in use, FLO2251 when it is damaged
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { dataDir, logger = silentLogger, clock = systemClock } = options;
  const store = await ObjectStore.open(dataDir, logger, options.storage);
  let server: ApiServer | undefined;
  try {
    const authority = await CertificateAuthority.open(dataDir, () => clock.nowMs());
    server = new ApiServer({ ...options, logger, clock }, store, authority);
    await server.start();
    return server;
  } catch (cause) {
    await (server ?? store).close();
    throw cause;
  }
}

type RunningOptions = ApiServerOptions & { readonly logger: Logger; readonly clock: Clock };

/** A running server. Its owner calls `close`. */
export class ApiServer {
  private readonly resources = new ResourceRegistry(builtInKinds());
  private readonly authorizer: RbacAuthorizer;
  private readonly webhookClient: WebhookClient;
  private readonly audit: AuditLog | undefined;
  private readonly registry: ObjectRegistry;
  private readonly allocator: RangeAllocator;
  private readonly adminToken: string;
  private readonly stops: Stop[] = [];
  private controllers: Controllers | undefined;
  private listener: HttpsServer | undefined;

  /** Use {@link startApiServer}. */
  constructor(
    private readonly options: RunningOptions,
    private readonly store: ObjectStore,
    private readonly authority: CertificateAuthority,
  ) {
    const { dataDir, clock, serviceCidr = DEFAULT_SERVICE_CIDR } = options;
    this.authorizer = new RbacAuthorizer(store);
    this.webhookClient = new WebhookClient(store);
    this.audit = options.audit === undefined ? undefined : new AuditLog(options.audit, options.logger);
    this.allocator = new RangeAllocator({ serviceCidr, ...NODE_PORTS }, () => clock.nowMs());
    const admission = admissionChain([
      namespaceLifecycle(store),
      rbacEscalation(this.authorizer, store),
      ...(options.reviewer === undefined ? [] : [reviewAdmission(options.reviewer)]),
      new WebhookAdmission(store, this.webhookClient, options.logger),
    ]);
    this.registry = new ObjectRegistry(store, clock, admission, {
      services: this.allocator,
      namesInUse: (group, exceptResource) => this.resources.namesInUse(group, exceptResource),
    });
    this.adminToken = openAdminToken(dataDir);
  }

  /** `https://HOST:PORT`. */
  get url(): string {
    return `https://${this.address}`;
  }

  /** An admin's kubeconfig, as YAML. */
  kubeconfig(): string {
    const { name = 'flotilla' } = this.options;
    return kubeconfigOf({
      url: this.url,
      certificateAuthority: this.authority.certificate,
      token: this.adminToken,
      name,
    });
  }

  /** Issues a client certificate that this server believes: the common name is the user, the organizations the groups. */
  issueClientCertificate(request: Omit<CertificateRequest, 'names'>): Promise<KeyPair> {
    return this.authority.issue(request);
  }

  /** Called once by {@link startApiServer}. */
  async start(): Promise<void> {
    const { host = DEFAULT_HOST, port = 0, customResourceDefinitions = [], logger, clock } = this.options;
    const { store, registry, resources } = this;
    this.stops.push(followServices(store, this.allocator), followDefinitions(store, resources, logger));
    this.controllers = new Controllers({ store, registry, resources, clock, logger });
    await ensureBootstrapObjects(registry, resources, customResourceDefinitions);
    const { key, certificate } = await this.authority.issue({
      commonName: 'kube-apiserver',
      names: servingNames(host),
    });
    const listen = { host, port, key, certificate, clientAuthority: this.authority.certificate };
    const context = this.chainContext();
    this.listener = await HttpsServer.listen(listen, (request) => answerRequest(request, context), logger);
    await ensureObject(registry, resources, kubernetesService(this.allocator.firstAddress, this.listener.port));
    logger.info('API server is ready', { url: this.url });
  }

  /** Ends all connections, writes what waits, gives the data folder back. */
  async close(): Promise<void> {
    for (const stop of this.stops.splice(0)) stop();
    await this.listener?.close();
    await this.controllers?.close();
    this.authorizer.close();
    await this.webhookClient.close();
    await this.audit?.close();
    await this.store.close();
  }

  private get address(): string {
    return `${urlHost(this.options.host ?? DEFAULT_HOST)}:${this.listener?.port ?? 0}`;
  }

  private isServed(resource: ResourceRequest): boolean {
    return isReview(resource) || this.resources.find(resource.group, resource.version, resource.plural) !== undefined;
  }

  private chainContext(): ChainContext {
    const { registry, resources, store, authorizer } = this;
    const { dataDir, clock, logger, serviceAccountIssuer = DEFAULT_ISSUER } = this.options;
    const tokens = ServiceAccountTokens.open(dataDir, serviceAccountIssuer);
    const accounts = new ServiceAccountUsers(tokens, store, () => clock.nowMs());
    const admin = adminUser(this.adminToken);
    const gate = new RequestGate({ ...defaultRequestLimits, ...this.options.limits }, () => clock.nowMs());
    return {
      ...{ registry, resources, store, clock, logger, authorizer, tokens, gate },
      audit: this.audit,
      metrics: new ServerMetrics({ store, gate, isServed: (resource) => this.isServed(resource) }),
      openApi: new OpenApiDocuments(resources),
      settings: { ...WATCH_DEFAULTS, ...this.options.watch },
      lines: new EventLines(),
      authenticators: [admin, certificateUser, accounts.authenticator],
      address: () => this.address,
      failure: () => store.failure,
      async findToken(token: string, audiences: readonly string[]): Promise<ReviewedToken | undefined> {
        const wanted = audiences.length > 0 ? audiences : [tokens.issuer];
        const user = wanted.includes(tokens.issuer) ? await admin({ bearerToken: token }) : undefined;
        return user === undefined ? accounts.userOf(token, wanted) : { user, audiences: [tokens.issuer] };
      },
    };
  }
}

function servingNames(host: string): readonly string[] {
  const inCluster = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  const names = new Set(['localhost', '127.0.0.1', '::1', host, ...inCluster]);
  return [...names].filter((name) => name !== '0.0.0.0' && name !== '::');
}
