import { Inject, Injectable } from '@nestjs/common';
import type { AccessPoint } from '../../../accesspoint';
import { jsonEqual } from '../../../kernel';
import { KeyedQueue, KubeApiError, type RunResult } from '../../../kube';
import { namespacedName } from '../../../kube/schema';
import {
  geographyOf,
  type NameLookups,
  type NameService,
  nameServiceKind,
  ownedNames,
  targetFactsOf,
} from '../../../nameservice';
import type { Revision, Rollout, RolloutApproval } from '../../api';
import { decideName, judgeName, type NameInput, withdrawName } from '../../names';
import { ownerOf } from '../../release';
import { strategyOf } from '../../rollout';
import { BUNDLES_FINALIZER, Finalizers, hasFinalizer } from '../controller/finalizers';
import { HubCaches } from '../caches/hub-caches';
import { currentEpoch, HUB_SETTINGS, type HubSettings, queueParts } from '../setup/hub-settings';
import { ReleaseCarrier } from './release-carrier';
import { WrittenVersions } from '../controller/written-versions';

const KIND = 'NameService';

/** Pause before another look, while zones give their first answer or a cache catches up. */
const LOOK_AGAIN_MS = 100;

/** Gathers what is known of a name, decides, and carries the decision out. All rules are in `decideName` and `withdrawName`. */
@Injectable()
export class NameServiceController {
  private readonly queue: KeyedQueue;
  private readonly written = new WrittenVersions();
  private readonly finalizers: Finalizers;
  private changed = false;
  private owned: ReadonlyMap<string, NameService> | undefined;

  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    @Inject(HubCaches) private readonly caches: HubCaches,
    @Inject(ReleaseCarrier) private readonly carrier: ReleaseCarrier,
  ) {
    this.finalizers = new Finalizers(settings.client, nameServiceKind, BUNDLES_FINALIZER);
    const run = (key: string): Promise<RunResult | void> => this.reconcile(key);
    this.queue = new KeyedQueue({ name: 'name services', run, ...queueParts(settings) });
  }

  /** Follows everything that decides about names. The caches must be synced. */
  start(): void {
    const { nameServices, accessPoints, meshes, clusters, revisions, rollouts, rolloutPolicies, approvals } =
      this.caches;
    nameServices.onChange((key, current, previous) => this.onName(key, current, previous));
    accessPoints.onChange((_key, current, previous) => {
      const news = !jsonEqual(current?.spec, previous?.spec) || !jsonEqual(addressPart(current), addressPart(previous));
      if (news) this.enqueueSoon();
    });
    meshes.onChange(() => this.enqueueSoon());
    rolloutPolicies.onChange((_name, current, previous) => {
      if (!jsonEqual(current?.spec, previous?.spec)) this.enqueueSoon();
    });
    clusters.onChange((_key, current, previous) => {
      const part = (member: typeof current): unknown => [member?.spec, member?.status?.facts?.gatewayAddresses];
      if (!jsonEqual(part(current), part(previous))) this.enqueueSoon();
    });
    approvals.onChange((_key, current, previous) => this.enqueueRollout(current ?? previous));
    revisions.onChange((_key, current, previous) => this.enqueueOwner(current ?? previous));
    rollouts.onChange((_key, current, previous) => this.enqueueOwner(current ?? previous));
  }

  async stop(): Promise<void> {
    await this.queue.stop();
  }

  /** Looks at one name again: a zone reported something about it. */
  enqueue(key: string): void {
    this.queue.add(key);
  }

  /** Looks at all names again: a zone came or went. */
  enqueueAll(): void {
    for (const service of this.caches.nameServices.list()) this.queue.add(namespacedName(service));
  }

  /** A name may have been given up, or taken from another: then all look again. */
  private onName(key: string, current: NameService | undefined, previous: NameService | undefined): void {
    this.owned = undefined;
    const claim = (service: NameService | undefined): unknown => [
      service?.spec?.fqdn,
      service?.spec?.targets,
      service?.status?.fqdn,
      service?.metadata.deletionTimestamp,
    ];
    if (jsonEqual(claim(current), claim(previous))) this.queue.add(key);
    else this.enqueueAll();
    if (current === undefined) this.queue.add(key);
  }

  /** Changes of one moment count once. */
  private enqueueSoon(): void {
    if (this.changed) return;
    this.changed = true;
    queueMicrotask(() => {
      this.changed = false;
      this.enqueueAll();
    });
  }

  private enqueueOwner(object: Revision | Rollout | undefined): void {
    const owner = object?.spec?.owner;
    if (owner?.kind === KIND) this.queue.add(`${object?.metadata.namespace ?? 'default'}/${owner.name}`);
  }

  private enqueueRollout(approval: RolloutApproval | undefined): void {
    const { metadata, spec } = approval ?? {};
    this.enqueueOwner(this.caches.rollouts.get(`${metadata?.namespace ?? 'default'}/${spec?.rollout ?? ''}`));
  }

  private async reconcile(key: string): Promise<RunResult | void> {
    const service = this.caches.nameServices.get(key);
    if (service === undefined) return void this.written.forget(key);
    const epoch = currentEpoch(this.settings);
    if (epoch === undefined || this.written.isAhead(service)) return;
    if (this.carrier.isStarting()) return { requeueAfterMs: LOOK_AGAIN_MS };
    if (service.metadata.deletionTimestamp !== undefined) return this.withdraw(service, epoch);
    if (!hasFinalizer(service)) return this.finalizers.add(service);
    const input = this.gather(service, epoch);
    const decision = decideName(input);
    try {
      await this.carrier.carryOut(decision, input, () => this.storeStatus(service, decision.status));
    } catch (cause) {
      // Somebody wrote meanwhile, or the cache lags behind what was written from here: decide again on what is true then.
      if (!(cause instanceof KubeApiError && cause.isConflict)) throw cause;
      return { requeueAfterMs: LOOK_AGAIN_MS };
    }
    return decision.againMs === undefined ? {} : { requeueAfterMs: Math.max(1, decision.againMs - input.nowMs) };
  }

  private gather(service: NameService, epoch: number): NameInput {
    const lookups = this.lookups();
    const { clusters, accessPoints } = lookups;
    const owner = ownerOf(KIND, service);
    const { accepted, findings } = judgeName(service, lookups);
    return {
      service,
      findings,
      accepted,
      facts: targetFactsOf(accessPoints, clusters),
      geography: geographyOf(clusters),
      clusters,
      ...this.carrier.historyOf(owner),
      strategy: strategyOf(service.spec, this.caches.rolloutPolicies.list()),
      zones: this.carrier.zoneViews(owner),
      epoch,
      nowMs: this.settings.clock.nowMs(),
    };
  }

  private lookups(): NameLookups {
    const { nameServices, accessPoints, clusters, meshes } = this.caches;
    this.owned ??= ownedNames(nameServices.list());
    return { owned: this.owned, accessPoints: accessPoints.list(), clusters: clusters.list(), meshes: meshes.list() };
  }

  private async storeStatus(service: NameService, status: NonNullable<NameService['status']>): Promise<void> {
    if (jsonEqual(status, service.status)) return;
    this.written.remember(await this.settings.client.replaceStatus(nameServiceKind, { ...service, status }));
  }

  /** First the zones stop telling the name; a TTL later their bundles go, and once all confirmed that, the object. */
  private async withdraw(service: NameService, epoch: number): Promise<RunResult | void> {
    const owner = ownerOf(KIND, service);
    const { write, removeAtMs } = withdrawName(service, this.carrier.zoneViews(owner), epoch);
    this.carrier.write(write);
    const nowMs = this.settings.clock.nowMs();
    if (nowMs < removeAtMs) return { requeueAfterMs: removeAtMs - nowMs };
    if (this.carrier.withdraw(owner, service.status?.clusters ?? [])) await this.finalizers.remove(service);
  }
}

/** What names take from an access point's status. */
function addressPart(accessPoint: AccessPoint | undefined): unknown {
  const rows = accessPoint?.status?.clusters ?? [];
  return [rows.map(({ cluster, vip, gatewayAddress }) => [cluster, vip, gatewayAddress]), accessPoint?.status?.drains];
}
