import type { AccessPoint } from '../../accesspoint';
import { formatTime, jsonEqual } from '../../kernel';
import { apiVersionOfKind } from '../../kube/schema';
import { labels, type Rollout, rolloutKind, type RolloutStatus } from '../api';
import { revisionName } from '../revision';
import type { RolloutPlan } from '../rollout';
import type { TargetRevision } from './target-revision';

/** What the record of a rollout is made from. */
export interface RolloutRecordInput {
  readonly accessPoint: AccessPoint;
  readonly target: TargetRevision;
  readonly plan: RolloutPlan;
  /** The rollout of the target revision, when it exists. */
  readonly rollout: Rollout | undefined;
  readonly rollouts: readonly Rollout[];
  readonly nowMs: number;
}

/** The rollout object to create or whose status to write, and the ones that are superseded by it. */
export interface RolloutRecord {
  readonly rollout?: { readonly create: boolean; readonly object: Rollout } | undefined;
  readonly superseded: readonly Rollout[];
}

/** Records the plan's progress in the Rollout of the target revision; unfinished older ones are superseded. */
export function decideRollout(input: RolloutRecordInput): RolloutRecord {
  const { accessPoint, target, plan, rollout, nowMs } = input;
  const object = rollout ?? newRollout(accessPoint, target);
  const status = statusOf(plan, object.status, nowMs);
  const changed = rollout === undefined || !jsonEqual(status, rollout.status);
  return {
    rollout: changed ? { create: rollout === undefined, object: { ...object, status } } : undefined,
    superseded: supersededRollouts(input),
  };
}

function newRollout({ apiVersion, kind, metadata }: AccessPoint, { digest, number }: TargetRevision): Rollout {
  const { name, namespace = 'default', uid = '' } = metadata;
  return {
    apiVersion: apiVersionOfKind(rolloutKind),
    kind: rolloutKind.kind,
    metadata: {
      name: revisionName(name, number),
      namespace,
      labels: { [labels.managedBy]: 'flotilla' },
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
    },
    spec: { owner: { kind: 'AccessPoint', name }, revision: digest, number, paused: false },
  };
}

function statusOf(plan: RolloutPlan, old: RolloutStatus | undefined, nowMs: number): RolloutStatus {
  const now = formatTime(nowMs);
  const finishedAt = plan.phase === 'Complete' ? (old?.finishedAt ?? now) : undefined;
  return {
    ...(old?.conditions === undefined ? {} : { conditions: old.conditions }),
    phase: plan.phase,
    message: plan.message,
    startedAt: old?.startedAt ?? now,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    clusters: [...plan.clusters],
  };
}

function supersededRollouts({ target, rollouts, nowMs }: RolloutRecordInput): Rollout[] {
  const older = rollouts.filter(({ spec }) => (spec?.number ?? 0) < target.number);
  const unfinished = older.filter(({ status }) => status?.phase !== 'Complete' && status?.phase !== 'Superseded');
  return unfinished.map((rollout) => ({
    ...rollout,
    status: {
      ...rollout.status,
      phase: 'Superseded',
      message: `revision ${target.number} took its place`,
      finishedAt: formatTime(nowMs),
    },
  }));
}
