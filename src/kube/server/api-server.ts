import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { type Clock, type Logger, type Stop, silentLogger, systemClock } from '../../kernel';
import type { KubeObject } from '../schema';
import { admissionChain } from './admission/admission-chain';
import { namespaceLifecycle } from './admission/namespace-lifecycle';
import { type AdmissionReviewer, reviewAdmission } from './admission/review-admission';
import { openAdminToken, sameSecret } from './authentication/admin-token';
import {
  authenticate,
  type Authenticator,
  bearerTokenOf,
  type Credentials,
  MASTERS_GROUP,
} from './authentication/authenticate';
import { CertificateAuthority } from './authentication/certificate-authority';
import { ensureBootstrapObjects } from './bootstrap-objects';
import { Controllers } from './controllers/start-controllers';
import { followDefinitions } from './definition-loader';
import type { ApiRequest, ApiResponse } from './http/api-exchange';
import { HttpsServer, refusalOf } from './http/https-server';
import { readBody } from './http/read-body';
import { kubeconfigOf } from './kubeconfig';
import { ObjectRegistry } from './registry/object-registry';
import { resolveRequestInfo } from './request/request-info';
import { builtInKinds } from './resources/built-in-kinds';
import { ResourceRegistry } from './resources/resource-registry';
import { followServices, RangeAllocator } from './resources/service-allocator';
import { type ResourceContext, serveResource } from './rest/serve-resource';
import { EventLines, type WatchSettings } from './rest/watch';
import { servePath } from './serve-path';
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
  /** Judges every create and update, after schema and defaults. */
  readonly reviewer?: AdmissionReviewer;
  /** Where cluster IPs come from, IPv4; default `10.96.0.0/16`. */
  readonly serviceCidr?: string;
  /** Name of the cluster in the kubeconfig. */
  readonly name?: string;
  readonly watch?: Partial<WatchSettings>;
  readonly storage?: Partial<StoreLimits>;
}

const WATCH_DEFAULTS: WatchSettings = { bookmarkIntervalMs: 30_000, maxDurationMs: 30 * 60_000 };

/**
 * Starts a Kubernetes API server inside this process.
 * @throws FlotillaError FLO2250 when the data folder is in use, FLO2251 when it is damaged
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { dataDir, logger = silentLogger, clock = systemClock } = options;
  const store = await ObjectStore.open(dataDir, logger, options.storage);
  try {
    const server = new ApiServer(options, store, logger, clock);
    await server.start();
    return server;
  } catch (cause) {
    await store.close();
    throw cause;
  }
}

/** A running server. Its owner calls `close`. */
export class ApiServer {
  private readonly resources = new ResourceRegistry(builtInKinds());
  private readonly registry: ObjectRegistry;
  private readonly allocator: RangeAllocator;
  private readonly context: ResourceContext;
  private readonly stops: Stop[] = [];
  private readonly token: string;
  private authority: CertificateAuthority | undefined;
  private listener: HttpsServer | undefined;
  private controllers: Controllers | undefined;
  private authenticators: readonly Authenticator[] = [];

  /** Use {@link startApiServer}. */
  constructor(
    private readonly options: ApiServerOptions,
    private readonly store: ObjectStore,
    private readonly logger: Logger,
    private readonly clock: Clock,
  ) {
    this.allocator = new RangeAllocator({
      serviceCidr: options.serviceCidr ?? '10.96.0.0/16',
      firstNodePort: 30_000,
      lastNodePort: 32_767,
    });
    this.registry = new ObjectRegistry(
      store,
      clock,
      admissionChain([
        namespaceLifecycle(store),
        ...(options.reviewer === undefined ? [] : [reviewAdmission(options.reviewer)]),
      ]),
      this.allocator,
    );
    const settings = { ...WATCH_DEFAULTS, ...options.watch };
    this.context = {
      registry: this.registry,
      resources: this.resources,
      store,
      clock,
      settings,
      lines: new EventLines(),
    };
    this.token = openAdminToken(options.dataDir);
  }

  /** `https://HOST:PORT`. */
  get url(): string {
    return `https://${this.address}`;
  }

  /** An admin's kubeconfig, as YAML. */
  kubeconfig(): string {
    const certificateAuthority = this.authority?.certificate ?? '';
    return kubeconfigOf({
      url: this.url,
      certificateAuthority,
      token: this.token,
      name: this.options.name ?? 'flotilla',
    });
  }

  /** Called once by {@link startApiServer}. */
  async start(): Promise<void> {
    const { dataDir, host = '127.0.0.1', port = 0, customResourceDefinitions = [] } = this.options;
    this.stops.push(followServices(this.store, this.allocator));
    this.stops.push(followDefinitions(this.store, this.resources, this.logger));
    const { store, registry, resources, clock, logger } = this;
    this.controllers = new Controllers({ store, registry, resources, clock, logger });
    await ensureBootstrapObjects(this.registry, this.resources, customResourceDefinitions);
    this.authority = await CertificateAuthority.open(dataDir, () => this.clock.nowMs());
    this.authenticators = [this.adminToken(), certificateUser];
    const serving = await this.authority.issue({ commonName: 'kube-apiserver', names: servingNames(host) });
    const listen = {
      host,
      port,
      key: serving.key,
      certificate: serving.certificate,
      clientAuthority: this.authority.certificate,
    };
    this.listener = await HttpsServer.listen(listen, (request) => this.answer(request), this.logger);
    this.logger.info('API server is ready', { url: this.url });
  }

  /** Ends all connections, writes what waits, gives the data folder back. */
  async close(): Promise<void> {
    for (const stop of this.stops.splice(0)) stop();
    await this.listener?.close();
    await this.controllers?.close();
    await this.store.close();
  }

  private get address(): string {
    return `${this.options.host ?? '127.0.0.1'}:${this.listener?.port ?? 0}`;
  }

  /** The chain of one request: resolve → authenticate → serve; whatever is thrown becomes a Status. */
  private async answer(incoming: IncomingMessage): Promise<ApiResponse> {
    const url = incoming.url ?? '/';
    try {
      const info = resolveRequestInfo(incoming.method ?? 'GET', url);
      const user = await authenticate(this.authenticators, credentialsOf(incoming));
      const request: ApiRequest = {
        method: incoming.method ?? 'GET',
        info,
        headers: incoming.headers,
        user,
        readBody: () => readBody(incoming),
      };
      if (info.resource !== undefined) return await serveResource(request, info.resource, this.context);
      return servePath(request, {
        resources: this.resources,
        address: this.address,
        failure: () => this.store.failure,
      });
    } catch (cause) {
      return refusalOf(cause, this.logger, url);
    }
  }

  private adminToken(): Authenticator {
    const admin = { name: 'kubernetes-admin', groups: [MASTERS_GROUP] };
    return ({ bearerToken }) => (bearerToken !== undefined && sameSecret(bearerToken, this.token) ? admin : undefined);
  }
}

/** A client certificate's common name is the user, its organizations the groups. */
const certificateUser: Authenticator = ({ certificateSubject }) =>
  certificateSubject && { name: certificateSubject.commonName, groups: certificateSubject.organizations };

function credentialsOf(incoming: IncomingMessage): Credentials {
  const bearerToken = bearerTokenOf(incoming.headers);
  const socket = incoming.socket as TLSSocket;
  const subject = socket.authorized ? socket.getPeerCertificate().subject : undefined;
  const organizations = [subject?.O ?? []].flat();
  return {
    ...(bearerToken === undefined ? {} : { bearerToken }),
    ...(subject?.CN === undefined
      ? {}
      : { certificateSubject: { commonName: [subject.CN].flat()[0] ?? '', organizations } }),
  };
}

function servingNames(host: string): readonly string[] {
  const inCluster = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  return [...new Set(['localhost', '127.0.0.1', '::1', host, ...inCluster])].filter(
    (name) => name !== '0.0.0.0' && name !== '::',
  );
}
