import { type Bundle, bundleKind } from '../../federation/api';
import { type Clock, digestOf, type Logger, parseZoneName } from '../../kernel';
import { KubeApiError, type KubeClient, type RunResult } from '../../kube';
import type { KubeObject } from '../../kube/schema';
import { type DriftMemory, driftEntries, observeDrift, repaired } from '../apply/drift-memory';
import { manifestFault, manifestsOf } from '../apply/manifests-of';
import { endDrains } from '../drain/end-drains';
import { moveWeights } from '../drain/move-weights';
import type { ZoneObserver } from '../metrics/zone-metrics';
import type { PrimaryKind } from '../primary-kind';
import type { ApplyOutcome } from '../report/apply-outcome';
import { bundleReport } from '../report/bundle-report';
import { isWorthWriting } from '../report/status-change';
import { applyBundle, type ApplyBundleOptions, type ApplyBundleResult, outcomeOf } from './apply-bundle';
import { BundleFinalizer } from './bundle-finalizer';
import { type BundleMemory, recallBundle, retryDelayMs } from './bundle-memory';
import { EntryHealthWriter } from './entry-health-writer';
import { type BundleLook, type FactSources, lookAtBundle } from './gather-facts';
import { removeBundle } from './remove-bundle';
import type { TargetCluster } from './target-cluster';
import type { TargetClusters } from './target-clusters';
import type { ZoneCopies } from './zone-copies';

/** What the reconciler works with. */
export interface BundleReconcilerOptions {
  /** The gateway cluster. */
  readonly client: Pick<KubeClient, 'patch' | 'replaceStatus'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whose primary serves the zone: an upstream istiod needs dead zones moved out of the weights. */
  readonly primary: PrimaryKind;
  readonly copies: ZoneCopies;
  readonly clusters: TargetClusters;
  readonly observer: ZoneObserver;
  /** Where facts come from, beside the target. */
  readonly factSources: (bundle: Bundle) => Omit<FactSources, 'target' | 'clusters' | 'nowMs'>;
}

const HEARTBEAT_MS = 5 * 60 * 1000;
const LOOK_AGAIN_MS = 60 * 1000;
const CHANGED_MEANWHILE_MS = 500;

/**
 * Brings one bundle at a time into its cluster and reports on it. What can happen: the bundle changes or goes, its objects are
 * changed by others, the cluster is unreachable, the hub is an old one; each ends in a status and, if need be, another try.
 */
export class BundleReconciler {
  private readonly memories = new Map<string, BundleMemory>();
  private readonly entryHealth: EntryHealthWriter;
  private readonly finalizer: BundleFinalizer;

  constructor(private readonly options: BundleReconcilerOptions) {
    this.entryHealth = new EntryHealthWriter(options.clock, options.logger);
    this.finalizer = new BundleFinalizer(options.client);
  }

  /** One look at a bundle, by name. */
  async run(name: string, signal: AbortSignal): Promise<RunResult> {
    const bundle = this.options.copies.bundle(name);
    if (bundle?.spec === undefined) {
      this.memories.delete(name);
      return {};
    }
    if (bundle.metadata.deletionTimestamp !== undefined) return this.remove(bundle, signal);
    const held = await this.finalizer.holdOn(bundle);
    return held === undefined ? { requeueAfterMs: CHANGED_MEANWHILE_MS } : this.apply(held, signal);
  }

  /** One look at the facts of a bundle only: cheap, for what changes often and has nothing to do with its objects. */
  async runFacts(name: string, signal: AbortSignal): Promise<RunResult> {
    const bundle = this.options.copies.bundle(name);
    const { outcome, drift } = this.memories.get(name) ?? {};
    const needsMore = outcome === undefined || drift === undefined || this.options.primary === 'istiod';
    if (bundle === undefined || needsMore || bundle.metadata.deletionTimestamp !== undefined)
      return this.run(name, signal);
    const target = this.options.clusters.get(bundle.spec?.cluster ?? '');
    const look = this.look(bundle, target);
    const written = await this.tell(bundle, look, { target, outcome, drift });
    return written ? {} : { requeueAfterMs: CHANGED_MEANWHILE_MS };
  }

  private async apply(bundle: Bundle, signal: AbortSignal): Promise<RunResult> {
    const { clock, clusters } = this.options;
    const { name } = bundle.metadata;
    const target = clusters.get(bundle.spec?.cluster ?? '');
    const manifests = this.manifestsNow(bundle, target);
    const digest = digestOf(manifests);
    const before = this.memories.get(name) ?? recallBundle(bundle, digest, clock.nowMs());
    const repair = clock.nowMs() >= before.drift.nextRepairMs;
    const result = await this.attempt(
      { bundle, manifests, appliedBefore: before.applied === digest, repair, signal },
      target,
    );
    const now = this.remember(name, before, digest, repair, result);
    const look = this.look(bundle, target);
    const written = await this.tell(bundle, look, { target, outcome: result.outcome, drift: now.drift });
    return { requeueAfterMs: written ? this.nextLookMs(look, result, now) : CHANGED_MEANWHILE_MS };
  }

  private remember(
    name: string,
    before: BundleMemory,
    digest: string,
    repair: boolean,
    { outcome, drift }: ApplyBundleResult,
  ): BundleMemory {
    const nowMs = this.options.clock.nowMs();
    const seen = observeDrift(before.drift, drift, nowMs);
    const isApplied = outcome.kind === 'applied';
    this.options.observer.applied(outcome.kind);
    if (drift.length > 0 && repair && isApplied) this.options.observer.repaired();
    const memory = {
      drift: drift.length > 0 && repair ? repaired(seen, nowMs) : seen,
      failures: isApplied ? 0 : before.failures + 1,
      applied: isApplied ? digest : before.applied,
      outcome,
    };
    this.memories.set(name, memory);
    return memory;
  }

  private nextLookMs({ entryHealth }: BundleLook, { drift }: ApplyBundleResult, memory: BundleMemory): number {
    if (memory.failures > 0) return retryDelayMs(memory.failures);
    const nowMs = this.options.clock.nowMs();
    const dueMs = [entryHealth?.nextChangeMs, drift.length > 0 ? memory.drift.nextRepairMs : undefined];
    return Math.max(1, Math.min(nowMs + LOOK_AGAIN_MS, ...dueMs.filter((due) => due !== undefined)) - nowMs);
  }

  /** The manifests as the zone needs them now: without drains that are over, and with weights that an upstream istiod, which knows no order, can follow. */
  private manifestsNow(bundle: Bundle, target: TargetCluster | undefined): readonly KubeObject[] {
    const raw = manifestsOf(bundle);
    if (bundle.spec === undefined) return raw;
    const zone = parseZoneName(bundle.spec.zone);
    const manifests = endDrains({ manifests: raw, zone, nowMs: this.options.clock.nowMs() });
    if (this.options.primary === 'flotilla') return manifests;
    const { deadZones } = this.look(bundle, target);
    return moveWeights({ manifests, zone, dead: deadZones });
  }

  private look(bundle: Bundle, target: TargetCluster | undefined): BundleLook {
    const { clock, clusters, factSources } = this.options;
    return lookAtBundle(bundle, { ...factSources(bundle), target, clusters: clusters.list(), nowMs: clock.nowMs() });
  }

  /** To the mesh and to the hub at once: neither waits for the other. @returns what {@link report} returns */
  private async tell(
    bundle: Bundle,
    look: BundleLook,
    {
      target,
      outcome,
      drift,
    }: { readonly target: TargetCluster | undefined; readonly outcome: ApplyOutcome; readonly drift: DriftMemory },
  ): Promise<boolean> {
    const reachable = target !== undefined && outcome.kind !== 'pending';
    const [written] = await Promise.all([
      this.report(bundle, look, outcome, drift),
      reachable ? this.writeHealth(bundle, look, target) : undefined,
    ]);
    return written;
  }

  private async writeHealth(bundle: Bundle, { entryHealth }: BundleLook, target: TargetCluster): Promise<void> {
    if (entryHealth !== undefined) await this.entryHealth.write(manifestsOf(bundle), entryHealth.entries, target);
  }

  private async attempt(
    work: Omit<ApplyBundleOptions, 'target'>,
    target: TargetCluster | undefined,
  ): Promise<ApplyBundleResult> {
    const { spec, status } = work.bundle;
    const { cluster = '', epoch = 0 } = spec ?? {};
    const { appliedEpoch = 0, appliedDigest } = status ?? {};
    const nothing = { drift: [], changed: false };
    if (target === undefined) return { ...nothing, outcome: this.targetUnknown(cluster) };
    if (epoch < appliedEpoch) {
      const message = `FLO5002: epoch ${epoch} is older than epoch ${appliedEpoch}, which is applied: an earlier leader of the hub wrote this bundle late`;
      return { ...nothing, outcome: { kind: 'failed', reason: 'StaleEpoch', message } };
    }
    const fault = manifestFault(work.bundle);
    if (fault !== undefined) return { ...nothing, outcome: outcomeOf([fault]) };
    const result = await applyBundle({ ...work, target });
    if (result.changed || appliedDigest !== spec?.digest) this.logOutcome(work.bundle, result.outcome);
    return result;
  }

  private targetUnknown(cluster: string): ApplyOutcome {
    const message = `FLO5001: ${this.options.clusters.problemOf(cluster)}`;
    return { kind: 'pending', reason: 'TargetUnknown', message };
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
    try {
      await this.options.client.replaceStatus(bundleKind, { ...bundle, status }, { fieldManager: 'flotilla-zone' });
      return true;
    } catch (cause) {
      if (cause instanceof KubeApiError && (cause.isConflict || cause.isNotFound)) return false;
      throw cause;
    }
  }

  private async remove(bundle: Bundle, signal: AbortSignal): Promise<RunResult> {
    if (!this.finalizer.isOn(bundle)) return {};
    const { name } = bundle.metadata;
    const target = this.options.clusters.get(bundle.spec?.cluster ?? '');
    const outcome = await this.takeOut(bundle, target, signal);
    if (outcome.kind === 'applied') {
      if (!(await this.finalizer.release(bundle))) return { requeueAfterMs: CHANGED_MEANWHILE_MS };
      this.options.logger.info('bundle removed', { bundle: name, target: bundle.spec?.cluster });
      this.memories.delete(name);
      return {};
    }
    const before = this.memories.get(name) ?? recallBundle(bundle, '', this.options.clock.nowMs());
    const memory = { ...before, failures: before.failures + 1 };
    this.memories.set(name, memory);
    await this.report(bundle, this.look(bundle, target), outcome, memory.drift);
    return { requeueAfterMs: retryDelayMs(memory.failures) };
  }

  private async takeOut(bundle: Bundle, target: TargetCluster | undefined, signal: AbortSignal): Promise<ApplyOutcome> {
    if (target !== undefined) return removeBundle(bundle, target, signal);
    const { cluster = '' } = bundle.spec ?? {};
    if (this.options.copies.memberClusters.get(cluster) !== undefined) return this.targetUnknown(cluster);
    const { name } = bundle.metadata;
    this.options.logger.warn('bundle released without its cluster, which has left the zone', {
      bundle: name,
      target: cluster,
    });
    return { kind: 'applied' };
  }

  private logOutcome(bundle: Bundle, outcome: ApplyOutcome): void {
    const fields = { bundle: bundle.metadata.name, target: bundle.spec?.cluster, digest: bundle.spec?.digest };
    if (outcome.kind === 'applied') this.options.logger.info('bundle applied', fields);
    else this.options.logger.warn('bundle not applied', { ...fields, reason: outcome.message });
  }
}
