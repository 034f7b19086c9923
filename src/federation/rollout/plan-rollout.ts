import { formatTime } from '../../kernel';
import { parseDurationMs } from '../../istio';
import type { RolloutClusterProgress, RolloutStageProgress } from '../api';
import { clusterProgress, releasedNow } from './cluster-progress';
import { type GateState, judgeGate } from './gate';
import { planRollback } from './plan-rollback';
import type { RolloutInput, RolloutPlan } from './rollout-input';
import { type Stage, stagesOf } from './stages';

/** One stage with its clusters as they stand. */
interface StageView {
  readonly stage: Stage;
  readonly clusters: readonly RolloutClusterProgress[];
}

/** States in which a cluster is not waited for. */
const SETTLED: readonly RolloutClusterProgress['state'][] = ['Done', 'Held', 'Skipped', 'Failed'];

/**
 * Decides the next step: stage by stage through their gates, in a stage no more clusters at once than it allows; the next cluster only when
 * the zone of the last reported it applied and acknowledged. More failures than the strategy allows stop everything, or roll it
 * back. Clusters that are held are passed over and catch up when they are back, so that one dead zone delays nobody. Clusters that left the
 * placement are withdrawn last.
 */
export function planRollout(input: RolloutInput): RolloutPlan {
  if (mustRollBack(input)) return planRollback(input);
  const views = stagesOf(input.strategy, input.clusters, input.labels).map((stage) => ({
    stage,
    clusters: stage.clusters.map((cluster) => clusterProgress(cluster, stage.name, input)),
  }));
  const failed = views.flatMap(({ clusters }) => clusters).filter(({ state }) => state === 'Failed');
  if (failed.length > input.strategy.maxFailures) return afterFailures(failed, views, input);
  if (input.goal === 'Abort') return stand(views, input, 'Aborted', `aborted; ${doneMessage(views)}`);
  return walkStages(views, input);
}

function mustRollBack({ goal, memory }: RolloutInput): boolean {
  return goal === 'Rollback' || memory.phase === 'RollingBack' || memory.phase === 'RolledBack';
}

function afterFailures(
  failed: readonly RolloutClusterProgress[],
  views: readonly StageView[],
  input: RolloutInput,
): RolloutPlan {
  const message = failed.map(({ cluster, message: why }) => `${cluster}: ${why ?? 'failed'}`).join('; ');
  if (input.strategy.onFailure === 'Rollback') return planRollback(input, message);
  return stand(views, input, 'Failed', message);
}

function walkStages(views: readonly StageView[], input: RolloutInput): RolloutPlan {
  const stages: RolloutStageProgress[] = [];
  for (const view of views) {
    const step = stepInStage(view, input);
    stages.push(step.progress);
    if (step.progress.state === 'Done') continue;
    const rest = views.slice(stages.length).map(({ stage }) => pendingStage(stage, input));
    return {
      ...stand(views, input, step.phase, step.message),
      ...step.change,
      stages: [...stages, ...rest],
      againMs: step.againMs,
    };
  }
  return atTheEnd(views, stages, input);
}

interface StageStep {
  readonly progress: RolloutStageProgress;
  readonly phase: RolloutPlan['phase'];
  readonly message: string;
  readonly againMs?: number | undefined;
  readonly change?: Pick<RolloutPlan, 'release' | 'clusters'>;
}

function stepInStage(view: StageView, input: RolloutInput): StageStep {
  const { stage, clusters } = view;
  const memory = input.memory.stages.get(stage.name);
  const startedAt = memory?.startedAt ?? formatTime(input.nowMs);
  const base = { name: stage.name, startedAt };
  const begun =
    memory?.state === 'Releasing' ||
    memory?.completedAt !== undefined ||
    clusters.some(({ state }) => state === 'Releasing' || state === 'Done');
  if (!begun) {
    const gate = gateOf(stage, 'before', Date.parse(startedAt), input);
    if (!gate.open) return waiting({ ...base, gate: 'before' }, gate, stage);
  }
  if (!clusters.every(({ state }) => SETTLED.includes(state))) return releasing(base, view, input);
  const completedAt = memory?.completedAt ?? formatTime(input.nowMs);
  const done: RolloutStageProgress = { ...base, state: 'Done', completedAt };
  if (memory?.state === 'Done') return { progress: done, phase: 'Progressing', message: '' };
  const gate = gateOf(stage, 'after', Date.parse(completedAt), input);
  if (!gate.open) return waiting({ ...base, completedAt, gate: 'after' }, gate, stage);
  return { progress: done, phase: 'Progressing', message: '' };
}

function gateOf(stage: Stage, gate: 'before' | 'after', reachedMs: number, input: RolloutInput): GateState {
  if (input.promoteFully || input.skippedGates.includes(`${stage.name}/${gate}`)) return { open: true };
  return judgeGate({
    stage: stage.name,
    gate,
    tasks: stage[gate],
    memory: input.memory.stages.get(stage.name),
    reachedMs,
    approvals: input.approvals,
    rollout: { name: input.name, revision: input.target, author: input.author },
    separateApprover: input.strategy.separateApprover,
    measurements: input.measurements,
    nowMs: input.nowMs,
  });
}

function waiting(base: Omit<RolloutStageProgress, 'state'>, gate: GateState, stage: Stage): StageStep {
  const message = `stage ${stage.name}: ${gate.message ?? 'waits'}`;
  const { checksPassSince, againMs } = gate;
  return {
    progress: {
      ...base,
      state: 'Waiting',
      message: gate.message ?? 'waits',
      ...(checksPassSince === undefined ? {} : { checksPassSince }),
    },
    phase: gate.rejected === undefined ? 'Waiting' : 'Aborted',
    message,
    againMs,
  };
}

function releasing(
  base: Omit<RolloutStageProgress, 'state'>,
  { stage, clusters }: StageView,
  input: RolloutInput,
): StageStep {
  const progress: RolloutStageProgress = { ...base, state: 'Releasing' };
  const underWay = clusters.filter(({ state }) => state === 'Releasing');
  if (input.paused) return { progress, phase: 'Paused', message: 'paused' };
  const room = Math.max(0, stage.maxConcurrency - underWay.length);
  const next = clusters.filter(({ state }) => state === 'Pending').slice(0, room);
  const first = underWay[0];
  const message =
    next.length > 0
      ? `releasing to ${next.map(({ cluster }) => cluster).join(', ')}`
      : `${first?.cluster ?? stage.name}: ${first?.message ?? 'releasing'}`;
  const release = next.map(({ cluster }) => ({ cluster, revision: input.target }));
  const touched = clusters.map((cluster) =>
    next.includes(cluster)
      ? releasedNow(cluster, input.observations.get(cluster.cluster)?.released, input.nowMs)
      : cluster,
  );
  return {
    progress,
    phase: 'Progressing',
    message,
    againMs: deadlineMs(touched, input),
    change: { release, clusters: touched },
  };
}

function deadlineMs(clusters: readonly RolloutClusterProgress[], { strategy }: RolloutInput): number | undefined {
  if (strategy.progressDeadline === undefined) return undefined;
  const durationMs = parseDurationMs(strategy.progressDeadline);
  const times = clusters
    .filter(({ state }) => state === 'Releasing')
    .flatMap(({ releasedAt }) => (releasedAt === undefined ? [] : [Date.parse(releasedAt) + durationMs]));
  return times.length === 0 ? undefined : Math.min(...times) + 1;
}

/** Every stage is through: withdraw from clusters that left, wait for those that are away, bake, and be complete. */
function atTheEnd(
  views: readonly StageView[],
  stages: readonly RolloutStageProgress[],
  input: RolloutInput,
): RolloutPlan {
  const clusters = views.flatMap((view) => view.clusters);
  const held = [...clusters, ...leavingProgress(input)].filter(({ state }) => state === 'Held');
  const removable = leavingProgress(input).find(({ state }) => state === 'Removing');
  const end = (phase: RolloutPlan['phase'], message: string): RolloutPlan => ({
    ...stand(views, input, phase, message),
    stages,
  });
  // A cluster that is away may still send traffic to one that leaves, so nothing is withdrawn behind its back.
  if (removable && clusters.every(({ state }) => state !== 'Held')) {
    if (input.paused) return end('Paused', `paused; ${doneMessage(views)}`);
    return { ...end('Progressing', `withdrawing from ${removable.cluster}`), remove: [removable.cluster] };
  }
  if (held.length > 0) {
    const reasons = held.map(({ cluster, message }) => `${cluster} (${message ?? 'held'})`);
    return end('Held', `waits for ${reasons.join(', ')}; ${doneMessage(views)}`);
  }
  const bakedMs = bakeEndMs(stages, input);
  if (bakedMs !== undefined && input.nowMs < bakedMs && !input.promoteFully && input.memory.phase !== 'Complete') {
    return { ...end('Waiting', `bakes until ${formatTime(bakedMs)}`), againMs: bakedMs };
  }
  return end('Complete', doneMessage(views));
}

function bakeEndMs(stages: readonly RolloutStageProgress[], { strategy }: RolloutInput): number | undefined {
  const last = stages.at(-1)?.completedAt;
  if (strategy.bakeTime === undefined || last === undefined) return undefined;
  return Date.parse(last) + parseDurationMs(strategy.bakeTime);
}

/** A plan that changes nothing. */
function stand(
  views: readonly StageView[],
  input: RolloutInput,
  phase: RolloutPlan['phase'],
  message: string,
): RolloutPlan {
  return {
    phase,
    message,
    release: [],
    remove: [],
    clusters: [...views.flatMap(({ clusters }) => clusters), ...leavingProgress(input)],
    stages: views.map(({ stage }) => input.memory.stages.get(stage.name) ?? { name: stage.name, state: 'Pending' }),
  };
}

function pendingStage({ name }: Stage, { memory }: RolloutInput): RolloutStageProgress {
  return memory.stages.get(name) ?? { name, state: 'Pending' };
}

function leavingProgress({ leaving, observations }: RolloutInput): RolloutClusterProgress[] {
  return [...leaving]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([cluster, zone]) => {
      const held = observations.get(cluster)?.held;
      return held === undefined
        ? { cluster, zone, state: 'Removing' }
        : { cluster, zone, state: 'Held', message: held };
    });
}

function doneMessage(views: readonly StageView[]): string {
  const clusters = views.flatMap((view) => view.clusters);
  return `${clusters.filter(({ state }) => state === 'Done').length} of ${clusters.length} clusters done`;
}
