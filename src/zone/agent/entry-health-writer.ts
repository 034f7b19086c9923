import { type Clock, formatTime, type Logger } from '../../kernel';
import { type WorkloadEntry, workloadEntryKind } from '../../istio';
import type { KubeObject } from '../../kube/schema';
import { identityOf } from '../apply/plan-apply';
import type { EntryHealth } from '../drain/decide-entry-health';
import { ofKind } from '../facts/select-objects';
import type { TargetCluster } from './target-cluster';

/** Makes istiod and our pilot look at the `Healthy` condition of a WorkloadEntry (R9). */
const HEALTH_CHECKS = 'proxy.istio.io/health-checks-enabled';
const FIELD_MANAGER = 'flotilla-zone-health';

/** Writes the health of WorkloadEntries into their status: no spec changes, so it takes effect at once and leaves no trace. */
export class EntryHealthWriter {
  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Writes what differs from what the cluster has. Entries that are not there yet get theirs after they were applied. */
  async write(
    manifests: readonly KubeObject[],
    verdicts: readonly EntryHealth[],
    target: TargetCluster,
  ): Promise<void> {
    const byEntry = new Map(verdicts.map((verdict) => [verdict.entry, verdict]));
    for (const manifest of ofKind<WorkloadEntry>(manifests, 'WorkloadEntry')) {
      const { namespace = '', name } = manifest.metadata;
      const verdict = byEntry.get(`${namespace}/${name}`);
      const live = target.find(identityOf(manifest), manifest) as WorkloadEntry | undefined;
      if (verdict !== undefined && live !== undefined) await this.writeOne(live, verdict, target);
    }
  }

  /** The condition first: an entry with the annotation but without the condition would be left out. */
  private async writeOne(live: WorkloadEntry, verdict: EntryHealth, { client }: TargetCluster): Promise<void> {
    const { namespace, name, annotations } = live.metadata;
    if (!isWritten(live, verdict)) {
      const patch = { status: { conditions: this.conditionsWith(live, verdict) } };
      const options = { type: 'merge', subresource: 'status', fieldManager: FIELD_MANAGER } as const;
      await client.patch(workloadEntryKind, name, namespace, patch, options);
      const { healthy, reason, message } = verdict;
      this.logger.info('member health', { entry: verdict.entry, healthy, reason, why: message });
    }
    if (annotations?.[HEALTH_CHECKS] === 'true') return;
    const patch = { metadata: { annotations: { [HEALTH_CHECKS]: 'true' } } };
    await client.patch(workloadEntryKind, name, namespace, patch, { type: 'merge', fieldManager: FIELD_MANAGER });
  }

  private conditionsWith(live: WorkloadEntry, { healthy, reason, message }: EntryHealth): readonly unknown[] {
    const now = formatTime(this.clock.nowMs());
    const others = conditionsOf(live).filter(({ type }) => type !== 'Healthy');
    const status = healthy ? 'True' : 'False';
    return [...others, { type: 'Healthy', status, reason, message, lastProbeTime: now, lastTransitionTime: now }];
  }
}

function isWritten(live: WorkloadEntry, { healthy, reason, message }: EntryHealth): boolean {
  const found = conditionsOf(live).find(({ type }) => type === 'Healthy');
  const sameState = found?.status === (healthy ? 'True' : 'False') && found.reason === reason;
  return sameState && (healthy || found.message === message);
}

interface IstioCondition {
  readonly type?: string | undefined;
  readonly status?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

function conditionsOf({ status }: WorkloadEntry): readonly IstioCondition[] {
  return status?.conditions ?? [];
}
