import { Inject, Injectable } from '@nestjs/common';
import { digestOf, FlotillaError, toFlotillaError } from '../../../kernel';
import { KeyedQueue, type KubeClient, parseKubeconfig } from '../../../kube';
import { type MemberCluster, SYSTEM_NAMESPACE } from '../../api';
import { HubCaches } from '../caches';
import { HUB_SETTINGS, type HubSettings, installKinds, queueParts, zoneKinds } from '../setup';
import { ZoneConnection, type ZoneListener } from './zone-connection';

/** Key of the Secret entry that holds a kubeconfig. */
const KUBECONFIG_KEY = 'kubeconfig';

/** How long decisions wait for a zone's first answer, so that a starting hub does not take it for lost. */
const FIRST_ANSWER_MS = 5_000;

interface Link {
  readonly credentials: string;
  readonly connection: ZoneConnection;
}

/** One connection per gateway cluster, opened, changed and closed as MemberClusters and their credentials come and go. */
@Injectable()
export class ZoneConnections {
  private readonly links = new Map<string, Link>();
  private readonly problems = new Map<string, FlotillaError>();
  /** When each gateway cluster was first heard of. */
  private readonly knownSinceMs = new Map<string, number>();
  private readonly queue: KeyedQueue;
  private readonly stopping = new AbortController();
  private listener: ZoneListener | undefined;

  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    @Inject(HubCaches) private readonly caches: HubCaches,
  ) {
    this.queue = new KeyedQueue({
      name: 'zone connections',
      run: (name, signal) => this.connect(name, signal),
      // One run per cluster anyway; however many do not answer, the others are not kept waiting.
      concurrency: Number.POSITIVE_INFINITY,
      ...queueParts(settings),
      onFailure: (name, error) => this.problems.set(name, error),
    });
  }

  /** Opens connections for the gateway clusters that are known, and follows their changes. The caches must be synced. */
  start(listener: ZoneListener): void {
    this.listener = listener;
    this.caches.clusters.onChange((name) => this.onMember(name));
    this.caches.secrets.onChange((key) => {
      for (const { metadata, spec } of this.caches.clusters.list()) {
        if (`${SYSTEM_NAMESPACE}/${spec?.credentialsSecretRef?.name ?? ''}` === key) this.queue.add(metadata.name);
      }
    });
  }

  /** Closes everything. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.queue.stop();
    await Promise.all([...this.links.values()].map(({ connection }) => connection.stop()));
    this.links.clear();
  }

  /** The connection to a gateway cluster, if its credentials could be read. */
  get(gateway: string): ZoneConnection | undefined {
    return this.links.get(gateway)?.connection;
  }

  /** Why a gateway cluster cannot be written to now; undefined when it can. */
  heldReason(gateway: string): string | undefined {
    const connection = this.get(gateway);
    if (connection !== undefined) return connection.held;
    return this.problems.get(gateway)?.message ?? `cluster ${gateway} has not been connected yet`;
  }

  /** Whether some zone has not answered for the first time yet, and may still do so soon. */
  isStarting(): boolean {
    const nowMs = this.settings.clock.nowMs();
    return [...this.knownSinceMs].some(
      ([gateway, sinceMs]) => nowMs - sinceMs < FIRST_ANSWER_MS && !this.hasAnswered(gateway),
    );
  }

  private hasAnswered(gateway: string): boolean {
    return this.problems.has(gateway) || this.get(gateway)?.hasAnswered === true;
  }

  private onMember(name: string): void {
    const isGateway = this.caches.clusters.get(name)?.spec?.role === 'Gateway';
    if (!isGateway) this.knownSinceMs.delete(name);
    else if (!this.knownSinceMs.has(name)) this.knownSinceMs.set(name, this.settings.clock.nowMs());
    this.queue.add(name);
  }

  private async connect(name: string, signal: AbortSignal): Promise<void> {
    const member = this.caches.clusters.get(name);
    const wanted = member?.spec?.role === 'Gateway' ? this.kubeconfigOf(member) : undefined;
    const link = this.links.get(name);
    if (wanted === undefined && link === undefined) return;
    if (wanted !== undefined && link?.credentials === digestOf(wanted)) return;
    if (link !== undefined) await this.disconnect(name, link);
    if (wanted === undefined) return;
    const client = this.settings.connect({ ...parseKubeconfig(wanted, undefined, { untrusted: true }), cluster: name });
    await this.open(name, wanted, client, signal);
  }

  private async open(name: string, kubeconfig: string, client: KubeClient, signal: AbortSignal): Promise<void> {
    try {
      await installKinds(client, zoneKinds, signal);
    } catch (cause) {
      await client.close();
      this.problems.set(name, toFlotillaError(cause));
      this.listener?.onState();
      throw new FlotillaError(toFlotillaError(cause).message, { code: toFlotillaError(cause).code, cause });
    }
    const { settings, listener = silent } = this;
    const connection = new ZoneConnection({ gateway: name, client, settings, listener });
    this.links.set(name, { credentials: digestOf(kubeconfig), connection });
    this.problems.delete(name);
    connection.start();
  }

  private async disconnect(name: string, link: Link): Promise<void> {
    this.links.delete(name);
    await link.connection.stop();
    this.listener?.onState();
  }

  /** @throws FlotillaError FLO3100 when the credentials are missing */
  private kubeconfigOf({ metadata, spec }: MemberCluster): string {
    const secretName = spec?.credentialsSecretRef?.name;
    const secret = secretName === undefined ? undefined : this.caches.secrets.get(`${SYSTEM_NAMESPACE}/${secretName}`);
    const kubeconfig = secret?.data?.[KUBECONFIG_KEY];
    if (kubeconfig !== undefined) return Buffer.from(kubeconfig, 'base64').toString('utf8');
    const why =
      secretName === undefined
        ? 'it names no credentialsSecretRef'
        : `Secret ${SYSTEM_NAMESPACE}/${secretName} has no key ${KUBECONFIG_KEY}`;
    throw new FlotillaError(`cannot connect to gateway cluster ${metadata.name}: ${why}`, {
      code: 'FLO3100',
      retry: 'after-change',
      hint: 'put a kubeconfig into that Secret and name it in spec.credentialsSecretRef',
    });
  }
}

const silent: ZoneListener = { onBundle: () => undefined, onMember: () => undefined, onState: () => undefined };
