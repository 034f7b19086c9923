import { Inject, Injectable } from '@nestjs/common';
import { jsonEqual } from '../../../kernel';
import { KeyedQueue, KubeApiError, type RunResult } from '../../../kube';
import { namespacedName } from '../../../kube/schema';
import { type FederatedDeployment, federatedDeploymentKind, type Revision, type Rollout } from '../../api';
import { decideDeployment, type DeploymentInput, judgeDeployment } from '../../deployment';
import { ownerOf } from '../../release';
import { newestRevision, snapshotIn } from '../../revision';
import { BUNDLES_FINALIZER, Finalizers, hasFinalizer } from '../controller/finalizers';
import { HubCaches } from '../caches/hub-caches';
import { currentEpoch, HUB_SETTINGS, type HubSettings, queueParts } from '../setup/hub-settings';
import { ReleaseCarrier } from './release-carrier';
import { WrittenVersions } from '../controller/written-versions';

const KIND = 'FederatedDeployment';

/** Pause before another look, while zones give their first answer or a cache catches up. */
const LOOK_AGAIN_MS = 100;

/** Gathers what is known of a deployment, decides, and carries the decision out. All rules are in `decideDeployment`. */
@Injectable()
export class DeploymentController {
  private readonly queue: KeyedQueue;
  private readonly written = new WrittenVersions();
  private readonly finalizers: Finalizers;

  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    @Inject(HubCaches) private readonly caches: HubCaches,
    @Inject(ReleaseCarrier) private readonly carrier: ReleaseCarrier,
  ) {
    const { client } = settings;
    this.finalizers = new Finalizers(client, federatedDeploymentKind, BUNDLES_FINALIZER);
    const run = (key: string): Promise<RunResult | void> => this.reconcile(key);
    this.queue = new KeyedQueue({ name: 'federated deployments', run, ...queueParts(settings) });
  }

  /** Follows everything that decides about deployments. The caches must be synced. */
  start(): void {
    const { deployments, meshes, clusters, policies, revisions, rollouts } = this.caches;
    deployments.onChange((key) => this.queue.add(key));
    for (const informer of [meshes, clusters]) informer.onChange(() => this.enqueueAll());
    policies.onChange((_name, current, previous) => {
      if (!jsonEqual(current?.spec, previous?.spec)) this.enqueueAll();
    });
    revisions.onChange((_key, current, previous) => this.enqueueOwner(current ?? previous));
    rollouts.onChange((_key, current, previous) => this.enqueueOwner(current ?? previous));
  }

  async stop(): Promise<void> {
    await this.queue.stop();
  }

  /** Looks at one deployment again: a zone reported something about it. */
  enqueue(key: string): void {
    this.queue.add(key);
  }

  /** Looks at all deployments again: a zone came or went. */
  enqueueAll(): void {
    for (const deployment of this.caches.deployments.list()) this.queue.add(namespacedName(deployment));
  }

  private enqueueOwner(object: Revision | Rollout | undefined): void {
    const owner = object?.spec?.owner;
    if (owner?.kind === KIND) this.queue.add(`${object?.metadata.namespace ?? 'default'}/${owner.name}`);
  }

  private async reconcile(key: string): Promise<RunResult | void> {
    const deployment = this.caches.deployments.get(key);
    if (deployment === undefined) return void this.written.forget(key);
    const epoch = currentEpoch(this.settings);
    if (epoch === undefined || this.written.isAhead(deployment)) return;
    if (this.carrier.isStarting()) return { requeueAfterMs: LOOK_AGAIN_MS };
    if (deployment.metadata.deletionTimestamp !== undefined) return this.withdraw(deployment);
    if (!hasFinalizer(deployment)) return this.finalizers.add(deployment);
    const input = this.gather(deployment, epoch);
    const decision = decideDeployment(input);
    try {
      await this.carrier.carryOut(decision, input, () => this.storeStatus(deployment, decision.status));
    } catch (cause) {
      // Somebody wrote meanwhile, or the cache lags behind what was written from here: decide again on what is true then.
      if (!(cause instanceof KubeApiError && cause.isConflict)) throw cause;
      return { requeueAfterMs: LOOK_AGAIN_MS };
    }
    return decision.againMs === undefined ? {} : { requeueAfterMs: Math.max(1, decision.againMs - input.nowMs) };
  }

  private gather(deployment: FederatedDeployment, epoch: number): DeploymentInput {
    const lookups = this.caches.lookups();
    const owner = ownerOf(KIND, deployment);
    const history = this.carrier.historyOf(owner);
    const newest = newestRevision(history.revisions);
    const previous = newest === undefined ? [] : (snapshotIn(newest)?.clusters ?? []);
    const judged = judgeDeployment(deployment, lookups, new Set(previous.map(({ name }) => name)));
    return {
      deployment,
      errors: judged.findings,
      accepted: judged.accepted,
      clusters: lookups.clusters,
      ...history,
      zones: this.carrier.zoneViews(owner),
      epoch,
      nowMs: this.settings.clock.nowMs(),
    };
  }

  private async storeStatus(
    deployment: FederatedDeployment,
    status: NonNullable<FederatedDeployment['status']>,
  ): Promise<void> {
    if (jsonEqual(status, deployment.status)) return;
    this.written.remember(await this.settings.client.replaceStatus(federatedDeploymentKind, { ...deployment, status }));
  }

  /** A deleted deployment goes once every zone that had a bundle of it confirmed that it is gone. */
  private async withdraw(deployment: FederatedDeployment): Promise<void> {
    const gone = this.carrier.withdraw(ownerOf(KIND, deployment), deployment.status?.clusters ?? []);
    if (gone) await this.finalizers.remove(deployment);
  }
}
