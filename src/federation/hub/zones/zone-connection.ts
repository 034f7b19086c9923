import { FlotillaError, type Stop, toFlotillaError } from '../../../kernel';
import { Informer, type InformerOptions, KeyedQueue, type KubeClient } from '../../../kube';
import type { KubeObject, ResourceKind } from '../../../kube/schema';
import {
  type Bundle,
  bundleKind,
  FIELD_MANAGER,
  type MemberCluster,
  memberClusterKind,
  type Mesh,
  meshKind,
  SYSTEM_NAMESPACE,
} from '../../api';
import { sameBundle } from '../../bundle';
import { bundleOwnerKey } from '../../release';
import { BY_OWNER } from '../caches';
import { currentEpoch, type HubSettings, queueParts } from '../setup';

/** Something in a zone changed that the hub has to look at. */
export interface ZoneListener {
  /** A bundle, or the outcome of writing it. `owner` is `Kind/namespace/name`. */
  onBundle(owner: string): void;
  /** A copy of a MemberCluster, by name. */
  onMember(name: string): void;
  /** Whether the zone can be read or written now. */
  onState(): void;
}

/** How a zone is reached. */
export interface ZoneConnectionOptions {
  /** Name of the gateway cluster. */
  readonly gateway: string;
  readonly client: KubeClient;
  readonly settings: HubSettings;
  readonly listener: ZoneListener;
}

/** What a zone should hold under one bundle name. */
type Wish =
  { readonly action: 'write'; readonly bundle: Bundle } | { readonly action: 'remove'; readonly bundle: Bundle };

/** A bundle that a zone did not take. */
interface Refusal {
  readonly owner: string;
  readonly cluster: string;
  readonly message: string;
}

/**
 * One gateway cluster: what it holds, and a queue of its own for what to write there, so that a slow or dead zone delays no other.
 * Nothing is written before its state is known, and nothing that is there already is written again.
 */
export class ZoneConnection {
  readonly bundles: Informer<Bundle>;
  readonly members: Informer<MemberCluster>;
  readonly meshes: Informer<Mesh>;
  private readonly queue: KeyedQueue;
  private readonly wishes = new Map<string, Wish>();
  private readonly refusals = new Map<string, Refusal>();
  private readonly stops: Stop[] = [];

  constructor(private readonly options: ZoneConnectionOptions) {
    const { settings } = options;
    this.bundles = this.informer<Bundle>(bundleKind, {
      namespace: SYSTEM_NAMESPACE,
      indexers: { [BY_OWNER]: indexKeys },
    });
    this.members = this.informer<MemberCluster>(memberClusterKind);
    this.meshes = this.informer<Mesh>(meshKind);
    this.queue = new KeyedQueue({
      name: 'bundles',
      run: (name, signal) => this.fulfil(name, signal),
      ...queueParts(settings),
      logger: settings.logger.child({ cluster: options.gateway }),
      onFailure: (name, error) => this.refuse(name, error),
    });
  }

  get gateway(): string {
    return this.options.gateway;
  }

  get client(): KubeClient {
    return this.options.client;
  }

  /** Begins to follow the zone. */
  start(): void {
    const { listener } = this.options;
    for (const informer of this.informers()) {
      informer.start();
      this.stops.push(informer.onState(() => this.onState()));
    }
    this.stops.push(
      this.bundles.onChange((_key, current, previous) => {
        const owner = keyOf(current ?? previous);
        if (owner !== undefined) listener.onBundle(owner);
      }),
      this.members.onChange((key) => listener.onMember(key)),
      this.meshes.onChange(() => listener.onState()),
    );
  }

  /** Ends watches and writes, and closes the connections. */
  async stop(): Promise<void> {
    for (const stop of this.stops) stop();
    await Promise.all([this.queue.stop(), ...this.informers().map((informer) => informer.stop())]);
    await this.options.client.close();
  }

  /** Why the zone can not be written to now; undefined when it can. */
  get held(): string | undefined {
    for (const { state, isSynced } of this.informers()) {
      if (state.kind === 'Stalled' || state.kind === 'Forbidden') return state.error.message;
      if (!isSynced) return `cluster ${this.gateway} has not been read yet`;
    }
    return undefined;
  }

  /** Whether every watch has told something: the state, or that it cannot be had. */
  get hasAnswered(): boolean {
    return this.informers().every(({ state }) => state.kind !== 'Syncing');
  }

  /** Writes a bundle soon, unless the zone holds it already. */
  write(bundle: Bundle): void {
    this.wish({ action: 'write', bundle });
  }

  /** Deletes a bundle soon. */
  remove(bundle: Bundle): void {
    this.wish({ action: 'remove', bundle });
  }

  /** The bundles of one owner, `Kind/namespace/name`. */
  bundlesOf(owner: string): readonly Bundle[] {
    return this.bundles.byIndex(BY_OWNER, owner);
  }

  /** Cluster and error, in full, of the bundles of one owner that the zone refused. Unreachable is no refusal. */
  refusalsOf(owner: string): readonly (readonly [string, string])[] {
    return [...this.refusals.values()]
      .filter((refusal) => refusal.owner === owner)
      .map(({ cluster, message }) => [cluster, message]);
  }

  private onState(): void {
    if (this.held === undefined) for (const name of this.wishes.keys()) this.queue.add(name);
    this.options.listener.onState();
  }

  /** A wish that is already waiting, perhaps in back-off after a refusal, is not tried again before its time. */
  private wish(wish: Wish): void {
    const { name } = wish.bundle.metadata;
    const before = this.wishes.get(name);
    if (before?.action === wish.action && before.bundle.spec?.digest === wish.bundle.spec?.digest) return;
    this.wishes.set(name, wish);
    this.queue.add(name);
  }

  private async fulfil(name: string, signal: AbortSignal): Promise<void> {
    const wish = this.wishes.get(name);
    if (wish === undefined || this.held !== undefined) return;
    // Who no longer leads has nothing to wish for; the one who does decides anew.
    if (currentEpoch(this.options.settings) === undefined) return void this.wishes.delete(name);
    try {
      if (wish.action === 'remove') await this.client.delete(bundleKind, name, SYSTEM_NAMESPACE, { signal });
      else if (!this.holds(wish.bundle)) {
        await this.client.apply(bundleKind, wish.bundle, { fieldManager: FIELD_MANAGER, force: true, signal });
      }
    } catch (cause) {
      // Whatever a zone refuses today it may take tomorrow: a kind that is not installed yet, a webhook that is down.
      const { code, message } = toFlotillaError(cause);
      throw new FlotillaError(message, { code, retry: 'backoff', cause });
    }
    if (this.wishes.get(name) === wish) this.wishes.delete(name);
    if (this.refusals.delete(name)) this.options.listener.onBundle(keyOf(wish.bundle) ?? '');
  }

  private holds({ metadata, spec }: Bundle): boolean {
    const found = this.bundles.get(`${SYSTEM_NAMESPACE}/${metadata.name}`);
    return spec !== undefined && found?.metadata.deletionTimestamp === undefined && sameBundle(spec, found?.spec);
  }

  private refuse(name: string, { code, message }: FlotillaError): void {
    const bundle = this.wishes.get(name)?.bundle;
    const owner = keyOf(bundle);
    if (code === 'FLO2000' || bundle?.spec === undefined || owner === undefined) return;
    if (this.refusals.get(name)?.message === message) return;
    this.refusals.set(name, { owner, cluster: bundle.spec.cluster, message });
    this.options.listener.onBundle(owner);
  }

  private informers(): readonly Pick<Informer<KubeObject>, 'start' | 'stop' | 'state' | 'isSynced' | 'onState'>[] {
    return [this.bundles, this.members, this.meshes];
  }

  private informer<T extends KubeObject>(
    kind: ResourceKind,
    options: Pick<InformerOptions<T>, 'namespace' | 'indexers'> = {},
  ): Informer<T> {
    const { client, settings } = this.options;
    const { clock, random, logger } = settings;
    return new Informer<T>({ client, kind, clock, random, logger, ...options });
  }
}

function keyOf(bundle: Bundle | undefined): string | undefined {
  return bundle?.spec === undefined ? undefined : bundleOwnerKey(bundle);
}

function indexKeys(bundle: Bundle): readonly string[] {
  return bundle.spec === undefined ? [] : [bundleOwnerKey(bundle)];
}
