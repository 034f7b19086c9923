import { formatTime, jsonEqual } from '../../kernel';
import { apiVersionOfKind, type KubeObject } from '../../kube/schema';
import { annotations, labels, type Rollout, rolloutKind, type RolloutStatus, type RolloutStrategy } from '../api';
import type { Snapshot } from '../revision';
import type { RolloutPlan } from '../rollout';
import { type Owner, revisionName } from './owner';
import type { TargetRevision } from './target-revision';

/** Phases that a rollout does not leave by itself. */
const FINAL: readonly RolloutStatus['phase'][] = ['Complete', 'Aborted', 'RolledBack'];

/** What the record of a rollout is made from. */
export interface RolloutRecordInput {
  readonly owner: Owner;
  /** The owner as it stands. */
  readonly object: KubeObject;
  readonly target: Pick<TargetRevision<Snapshot>, 'digest' | 'number'>;
  readonly strategy: RolloutStrategy;
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
export function recordRollout(input: RolloutRecordInput): RolloutRecord {
  const { plan, rollout, nowMs } = input;
  const object = rollout ?? newRollout(input);
  const status = statusOf(plan, object.status, nowMs);
  const changed = rollout === undefined || !jsonEqual(status, rollout.status);
  return {
    rollout: changed ? { create: rollout === undefined, object: { ...object, status } } : undefined,
    superseded: supersededRollouts(input),
  };
}

function newRollout({ owner, object, target, strategy }: RolloutRecordInput): Rollout {
  const { kind, name, namespace } = owner;
  const { uid = '', annotations: notes } = object.metadata;
  const author = notes?.[annotations.changedBy];
  return {
    apiVersion: apiVersionOfKind(rolloutKind),
    kind: rolloutKind.kind,
    metadata: {
      name: revisionName(owner, target.number),
      namespace,
      labels: { [labels.managedBy]: 'flotilla' },
      ownerReferences: [{ apiVersion: object.apiVersion, kind, name, uid, controller: true }],
    },
    spec: {
      owner: { kind, name },
      revision: target.digest,
      number: target.number,
      ...(author === undefined ? {} : { author }),
      strategy,
      paused: false,
      goal: 'Release',
      promoteFully: false,
      skippedGates: [],
      skippedClusters: [],
    },
  };
}

function statusOf(plan: RolloutPlan, old: RolloutStatus | undefined, nowMs: number): RolloutStatus {
  const now = formatTime(nowMs);
  const finishedAt = FINAL.includes(plan.phase) ? (old?.finishedAt ?? now) : undefined;
  return {
    ...(old?.conditions === undefined ? {} : { conditions: old.conditions }),
    phase: plan.phase,
    message: plan.message,
    startedAt: old?.startedAt ?? now,
    ...(finishedAt === undefined ? {} : { finishedAt }),
    stages: [...plan.stages],
    clusters: [...plan.clusters],
  };
}

function supersededRollouts({ target, rollouts, nowMs }: RolloutRecordInput): Rollout[] {
  const older = rollouts.filter(({ spec }) => (spec?.number ?? 0) < target.number);
  const unfinished = older.filter(({ status }) => status?.phase !== 'Superseded' && !FINAL.includes(status?.phase));
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
