import { type Bundle, bundleKind, type BundleStatus, SYSTEM_NAMESPACE } from '../../federation/api';
import type { Clock, Logger } from '../../kernel';
import { KubeApiError, type KubeClient, type RunResult } from '../../kube';
import { type DriftMemory, driftEntries, observeDrift, recallDrift, repaired } from '../apply/drift-memory';
import { manifestsOf } from '../apply/manifests-of';
import type { ApplyOutcome } from '../report/apply-outcome';
import { bundleReport } from '../report/bundle-report';
import { isWorthWriting } from '../report/status-change';
import { applyBundle, type ApplyBundleResult } from './apply-bundle';
import { EntryHealthWriter } from './entry-health-writer';
import { type BundleLook, type FactSources, lookAtBundle } from './gather-facts';
import { removeBundle } from './remove-bundle';
import type { TargetCluster } from './target-cluster';
import type { TargetClusters } from './target-clusters';
import type { ZoneCopies } from './zone-copies';

/** Keeps a Bundle in sight until the zone has taken its objects out of the cluster. */
export const BUNDLE_FINALIZER = 'federation.flotilla.dev/zone-agent';

const HEARTBEAT_MS = 5 * 60 * 1000;
const LOOK_AGAIN_MS = 60 * 1000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 60 * 1000;

/** What the reconciler works with. */
export interface BundleReconcilerOptions {
  /** The gateway cluster. */
  readonly client: Pick<KubeClient, 'patch' | 'replaceStatus'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly copies: ZoneCopies;
  readonly clusters: TargetClusters;
  /** Where facts come from, beside the target. */
  readonly factSources: (bundle: Bundle) => Omit<FactSources, 'target' | 'clusters' | 'nowMs'>;
}

interface Memory {
  readonly drift: DriftMemory;
  readonly failures: number;
}

/**
 * Brings one bundle at a time into its cluster and reports on it. What can happen: the bundle changes or goes, its objects are
 * changed by others, the cluster is unreachable, the hub is an old one; each ends in a status and, if need be, another try.
 */
export class BundleReconciler {
  private readonly memories = new Map<string, Memory>();
  private readonly entryHealth: EntryHealthWriter;

  constructor(private readonly options: BundleReconcilerOptions) {
    this.entryHealth = new EntryHealthWriter(options.clock, options.logger);
  }

  /** One look at a bundle, by name. */
  async run(name: string, signal: AbortSignal): Promise<RunResult> {
    const bundle = this.options.copies.bundle(name);
    if (bundle?.spec === undefined) {
      this.memories.delete(name);
      return {};
    }
    if (bundle.metadata.deletionTimestamp !== undefined) return this.remove(bundle, signal);
    const held = await this.holdOn(bundle);
    return this.apply(held, signal);
  }

  private async apply(bundle: Bundle, signal: AbortSignal): Promise<RunResult> {
    const { clock, clusters } = this.options;
    const { name } = bundle.metadata;
    const before = this.memories.get(name) ?? { drift: recallDrift(bundle.status?.drift, clock.nowMs()), failures: 0 };
    const target = clusters.get(bundle.spec?.cluster ?? '');
    const repair = clock.nowMs() >= before.drift.nextRepairMs;
    const result = await this.attempt(bundle, target, repair, signal);
    const nowMs = clock.nowMs();
    const seen = observeDrift(before.drift, result.drift, nowMs);
    const drift = result.drift.length > 0 && repair ? repaired(seen, nowMs) : seen;
    const failures = result.outcome.kind === 'applied' ? 0 : before.failures + 1;
    this.memories.set(name, { drift, failures });
    const look = this.look(bundle, target);
    const written = await this.report(bundle, look, result.outcome, drift);
    if (target !== undefined && result.outcome.kind !== 'pending') await this.writeHealth(bundle, look, target);
    if (!written) return { requeueAfterMs: FIRST_RETRY_MS };
    if (failures > 0) return { requeueAfterMs: retryDelayMs(failures) };
    const dueMs = [look.entryHealth?.nextChangeMs, result.drift.length > 0 ? drift.nextRepairMs : undefined];
    const next = Math.min(nowMs + LOOK_AGAIN_MS, ...dueMs.filter((due) => due !== undefined));
    return { requeueAfterMs: Math.max(1, next - nowMs) };
  }

  private look(bundle: Bundle, target: TargetCluster | undefined): BundleLook {
    const { clock, clusters, factSources } = this.options;
    return lookAtBundle(bundle, { ...factSources(bundle), target, clusters: clusters.list(), nowMs: clock.nowMs() });
  }

  private async writeHealth(bundle: Bundle, { entryHealth }: BundleLook, target: TargetCluster): Promise<void> {
    if (entryHealth !== undefined) await this.entryHealth.write(manifestsOf(bundle), entryHealth.entries, target);
  }

  private async attempt(
    bundle: Bundle,
    target: TargetCluster | undefined,
    repair: boolean,
    signal: AbortSignal,
  ): Promise<ApplyBundleResult> {
    const { cluster = '', epoch = 0 } = bundle.spec ?? {};
    const { appliedEpoch = 0, appliedDigest } = bundle.status ?? {};
    const nothing = { drift: [], changed: false };
    if (target === undefined) {
      const message = `FLO5001: ${this.options.clusters.problemOf(cluster)}`;
      return { ...nothing, outcome: { kind: 'pending', reason: 'TargetUnknown', message } };
    }
    if (epoch < appliedEpoch) {
      const message = `FLO5002: epoch ${epoch} is older than epoch ${appliedEpoch}, which is applied: an earlier leader of the hub wrote this bundle late`;
      return { ...nothing, outcome: { kind: 'failed', reason: 'StaleEpoch', message } };
    }
    const result = await applyBundle({ bundle, target, repair, signal });
    if (result.changed || appliedDigest !== bundle.spec?.digest) this.logOutcome(bundle, result.outcome);
    return result;
  }

  /** @returns false when the bundle changed meanwhile and has to be looked at again */
  private async report(
    bundle: Bundle,
    { facts }: BundleLook,
    outcome: ApplyOutcome,
    drift: DriftMemory,
  ): Promise<boolean> {
    const nowMs = this.options.clock.nowMs();
    const status = bundleReport({ bundle, outcome, facts, drift: driftEntries(drift), nowMs });
    if (!isWorthWriting(bundle.status, status, { nowMs, heartbeatMs: HEARTBEAT_MS })) return true;
    return this.write(bundle, status);
  }

  private async write(bundle: Bundle, status: BundleStatus): Promise<boolean> {
    try {
      await this.options.client.replaceStatus(bundleKind, { ...bundle, status }, { fieldManager: 'flotilla-zone' });
      return true;
    } catch (cause) {
      if (cause instanceof KubeApiError && (cause.isConflict || cause.isNotFound)) return false;
      throw cause;
    }
  }

  /** Puts the finalizer on before anything is applied, so that nothing applied can be forgotten. */
  private async holdOn(bundle: Bundle): Promise<Bundle> {
    const { finalizers = [] } = bundle.metadata;
    if (finalizers.includes(BUNDLE_FINALIZER)) return bundle;
    return this.setFinalizers(bundle, [...finalizers, BUNDLE_FINALIZER]);
  }

  private async remove(bundle: Bundle, signal: AbortSignal): Promise<RunResult> {
    const { clusters, copies, logger } = this.options;
    const { name, finalizers = [] } = bundle.metadata;
    if (!finalizers.includes(BUNDLE_FINALIZER)) return {};
    const cluster = bundle.spec?.cluster ?? '';
    const target = clusters.get(cluster);
    const left = target === undefined && copies.memberClusters.get(cluster) === undefined;
    if (left)
      logger.warn('bundle released without its cluster, which has left the zone', { bundle: name, target: cluster });
    const outcome = left ? ({ kind: 'applied' } as const) : await this.takeOut(bundle, target, signal);
    if (outcome.kind === 'applied') {
      await this.setFinalizers(
        bundle,
        finalizers.filter((finalizer) => finalizer !== BUNDLE_FINALIZER),
      );
      logger.info('bundle removed', { bundle: name, target: cluster });
      this.memories.delete(name);
      return {};
    }
    const { drift, failures } = this.memories.get(name) ?? { drift: recallDrift([], 0), failures: 0 };
    this.memories.set(name, { drift, failures: failures + 1 });
    await this.report(bundle, this.look(bundle, target), outcome, drift);
    return { requeueAfterMs: retryDelayMs(failures + 1) };
  }

  private async takeOut(bundle: Bundle, target: TargetCluster | undefined, signal: AbortSignal): Promise<ApplyOutcome> {
    if (target !== undefined) return removeBundle(bundle, target, signal);
    const message = `FLO5001: ${this.options.clusters.problemOf(bundle.spec?.cluster ?? '')}`;
    return { kind: 'pending', reason: 'TargetUnknown', message };
  }

  /** With the version that was read, so that no other finalizer is lost. A bundle that is gone has none. */
  private async setFinalizers(bundle: Bundle, finalizers: readonly string[]): Promise<Bundle> {
    const { name, resourceVersion } = bundle.metadata;
    const patch = { metadata: { finalizers, resourceVersion } };
    try {
      return await this.options.client.patch<Bundle>(bundleKind, name, SYSTEM_NAMESPACE, patch, {
        type: 'merge',
        fieldManager: 'flotilla-zone',
      });
    } catch (cause) {
      if (cause instanceof KubeApiError && cause.isNotFound) return bundle;
      throw cause;
    }
  }

  private logOutcome(bundle: Bundle, outcome: ApplyOutcome): void {
    const fields = { bundle: bundle.metadata.name, target: bundle.spec?.cluster, digest: bundle.spec?.digest };
    if (outcome.kind === 'applied') this.options.logger.info('bundle applied', fields);
    else this.options.logger.warn('bundle not applied', { ...fields, reason: outcome.message });
  }
}

/** Doubles from half a second to a minute. */
function retryDelayMs(failures: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 16));
}
