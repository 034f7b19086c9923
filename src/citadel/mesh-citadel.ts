import { type Gateway, gatewayKind, type Secret } from '../istio';
import { type MemberCluster, memberClusterKind, type MeshSpec } from '../federation/api';
import { type Clock, type FlotillaError, jsonEqual, type Logger, type Stop } from '../kernel';
import { Informer, type KubeClient, KeyedQueue, type QueueMetrics, type Random, type RunResult } from '../kube';
import { coreKinds } from '../kube/schema';
import { createKey, createSigningRequest } from './authority';
import { GatewayCertificates } from './gateway/gateway-certificates';
import { ISSUER, ISSUER_LABEL } from './gateway/plan-gateway-certificates';
import { decideIntermediate, type Issuer, NOT_SIGNED_YET } from './intermediate/decide-intermediate';
import { IntermediateStore } from './intermediate/intermediate-store';
import { CACERTS, planCacerts } from './intermediate/plan-cacerts';
import { type CitadelObserver, silentCitadelObserver } from './metrics/citadel-observer';
import { zoneCertificates } from './intermediate/zone-certificates';

/** What the citadel of one mesh in one zone needs. */
export interface MeshCitadelOptions {
  /** The zone's gateway cluster. */
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Name of the gateway cluster and of its MemberCluster copy. */
  readonly cluster: string;
  /** `region/zone` */
  readonly zone: string;
  readonly mesh: string;
  /** The mesh, as last seen. */
  readonly meshSpec: () => MeshSpec;
  /** The gateway cluster's own MemberCluster copy, as last seen. */
  readonly memberCluster: () => MemberCluster | undefined;
  /** Also give the intermediate to an upstream istiod, as Secret `cacerts` in the root namespace. */
  readonly writeCacerts?: boolean;
  readonly observer?: CitadelObserver;
  readonly queueMetrics?: QueueMetrics;
}

type Work = 'intermediate' | 'gateways' | 'cacerts';

const LOOK_AGAIN_MS = 60_000;
/** Gateways and Secrets often come in groups. */
const SETTLE_MS = 100;

/**
 * The certificate authority of one mesh in one zone. It keeps its own intermediate (key made here, certificate signed by the
 * hub) and the certificates of the gateways. Everything that it needs lies in the gateway cluster, so that it goes on
 * without the hub and after a restart.
 */
export class MeshCitadel {
  private readonly queue: KeyedQueue<Work>;
  private readonly store: IntermediateStore;
  private readonly gateways: Informer<Gateway>;
  private readonly secrets: Informer<Secret>;
  private readonly gatewayCertificates: GatewayCertificates;
  private readonly listeners = new Set<() => void>();
  private readonly stops: Stop[] = [];
  private currentIssuer: Issuer | undefined;
  private currentProblem: FlotillaError | undefined;

  constructor(private readonly options: MeshCitadelOptions) {
    const { client, clock, random, logger, mesh, queueMetrics } = options;
    const shared = { client, clock, random, logger };
    this.store = new IntermediateStore(client, mesh);
    this.gateways = new Informer({ ...shared, kind: gatewayKind });
    this.secrets = new Informer({ ...shared, kind: coreKinds.secret, labelSelector: `${ISSUER_LABEL}=${ISSUER}` });
    this.queue = new KeyedQueue<Work>({
      name: 'citadel',
      run: (work) => this.run(work),
      clock,
      random,
      logger,
      ...(queueMetrics === undefined ? {} : { metrics: queueMetrics }),
    });
    this.gatewayCertificates = new GatewayCertificates({
      ...{ client, clock, logger, mesh, observer: options.observer ?? silentCitadelObserver },
      gateways: () => this.gateways.list(),
      ownSecrets: () => this.secrets.list().filter(({ type }) => type === 'kubernetes.io/tls'),
    });
  }

  /** The authority that issues now; undefined while the hub has not signed yet. */
  get issuer(): Issuer | undefined {
    return this.currentIssuer;
  }

  /** Why nothing is issued, or why the hub's newest chain is not taken. */
  get problem(): FlotillaError | undefined {
    return this.currentProblem;
  }

  /** Tells when `issuer` or `problem` changed. */
  onChange(listener: () => void): Stop {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Starts to follow Gateways and Secrets, and takes up the intermediate where it stands. */
  start(): void {
    const look = (): void => this.lookAtSecrets();
    this.stops.push(this.gateways.onChange(look), this.secrets.onChange(look));
    this.gateways.start();
    this.secrets.start();
    this.queue.add('intermediate');
  }

  /** The Mesh or MemberCluster copy changed: what the hub offers, and how long certificates live, may be new. */
  refresh(): void {
    this.queue.add('intermediate');
    this.lookAtSecrets();
  }

  async stop(): Promise<void> {
    for (const stop of this.stops.splice(0)) stop();
    await Promise.all([this.queue.stop(), this.gateways.stop(), this.secrets.stop()]);
  }

  private async run(work: Work): Promise<RunResult> {
    if (work === 'intermediate') return this.keepIntermediate();
    return work === 'gateways' ? this.keepGateways() : this.keepCacerts();
  }

  private async keepIntermediate(): Promise<RunResult> {
    const { mesh, clock } = this.options;
    const member = this.options.memberCluster();
    const decision = decideIntermediate({
      record: await this.store.read(),
      publishedRequest: member?.status?.certificateRequests?.[mesh],
      offeredChain: member?.spec?.certificateChains?.[mesh],
      offeredTrust: member?.spec?.trustBundles?.[mesh],
      nowMs: clock.nowMs(),
    });
    if (decision.makeKey) return this.makeKey();
    if (decision.store !== undefined) await this.store.store(decision.store);
    this.update(decision.issuer, decision.problem);
    if (member !== undefined) await this.publish(member, decision.publish);
    return { requeueAfterMs: LOOK_AGAIN_MS };
  }

  private async makeKey(): Promise<RunResult> {
    const { mesh, zone } = this.options;
    const { ca, trustDomain } = this.options.meshSpec();
    const keyPem = await createKey(ca.algorithm);
    const requestPem = await createSigningRequest({ keyPem, zone, mesh, trustDomain });
    await this.store.create({ keyPem, requestPem });
    this.options.logger.info('intermediate key made', { mesh, zone });
    return { requeueAfterMs: 1 };
  }

  /** Puts the request and what is in force where the hub sees it, if that is news. */
  private async publish(member: MemberCluster, request: string | undefined): Promise<void> {
    const { client, cluster, mesh, logger, clock } = this.options;
    const before = member.status?.certificates?.[mesh];
    const now = this.currentIssuer && zoneCertificates(before, this.currentIssuer, clock.nowMs());
    const certificates = now === undefined || jsonEqual(now, before) ? undefined : { [mesh]: now };
    if (request === undefined && certificates === undefined) return;
    const requests = request === undefined ? undefined : { [mesh]: request };
    const patch = { status: { certificateRequests: requests, certificates } };
    await client.patch(memberClusterKind, cluster, undefined, patch, {
      type: 'merge',
      subresource: 'status',
      fieldManager: 'flotilla-citadel',
    });
    if (request !== undefined) logger.info('signing request published', { mesh });
  }

  private async keepGateways(): Promise<RunResult> {
    const issuer = this.currentIssuer;
    if (issuer === undefined) return {};
    if (!this.gateways.isSynced || !this.secrets.isSynced) return { requeueAfterMs: 1000 };
    return { requeueAfterMs: await this.gatewayCertificates.reconcile(this.options.meshSpec(), issuer) };
  }

  private async keepCacerts(): Promise<RunResult> {
    const { client, logger, mesh } = this.options;
    const { rootNamespace: namespace } = this.options.meshSpec();
    const issuer = this.currentIssuer;
    if (issuer === undefined) return {};
    const plan = planCacerts(namespace, issuer, await client.get<Secret>(coreKinds.secret, CACERTS, namespace));
    if (plan.kind === 'foreign') logger.warn('cacerts was not made by citadel and is left alone', { mesh, namespace });
    if (plan.kind !== 'write') return { requeueAfterMs: LOOK_AGAIN_MS };
    const write = { fieldManager: 'flotilla-citadel' };
    if (plan.secret.metadata.resourceVersion === undefined) await client.create(coreKinds.secret, plan.secret, write);
    else await client.replace(coreKinds.secret, plan.secret, write);
    logger.info('cacerts written', { mesh, namespace });
    return { requeueAfterMs: LOOK_AGAIN_MS };
  }

  private lookAtSecrets(): void {
    this.queue.add('gateways', { afterMs: SETTLE_MS });
    if (this.options.writeCacerts === true) this.queue.add('cacerts', { afterMs: SETTLE_MS });
  }

  private update(issuer: Issuer | undefined, problem: FlotillaError | undefined): void {
    const [before, problemBefore] = [this.currentIssuer, this.currentProblem];
    this.currentIssuer = issuer;
    this.currentProblem = problem;
    if (jsonEqual(before, issuer) && problemBefore?.message === problem?.message) return;
    this.logNews(before?.chainPem !== issuer?.chainPem);
    this.lookAtSecrets();
    for (const listener of this.listeners) listener();
  }

  private logNews(isOtherChain: boolean): void {
    const { logger, mesh } = this.options;
    if (this.currentProblem !== undefined) {
      const { code, message: reason } = this.currentProblem;
      if (code === NOT_SIGNED_YET) logger.info('intermediate waits for the hub', { mesh, reason });
      else logger.warn('intermediate', { mesh, code, reason });
    }
    if (this.currentIssuer !== undefined && isOtherChain) logger.info('intermediate ready', { mesh });
  }
}
