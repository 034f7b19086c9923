import { formatTime } from '../../kernel';
import { parseDurationMs } from '../../istio';
import type { RolloutApproval, RolloutStageProgress, RolloutTask } from '../api';

/** What the checks of a gate are measured on, at this moment; undefined is not known, and does not pass. */
export interface Measurements {
  readonly failedClusters: number | undefined;
  readonly unhealthyMembersPercent: number | undefined;
  readonly unacknowledgedProxies: number | undefined;
}

/** What decides whether a gate is open. */
export interface GateInput {
  readonly stage: string;
  readonly gate: 'before' | 'after';
  readonly tasks: readonly RolloutTask[];
  /** The stage as recorded so far. */
  readonly memory: RolloutStageProgress | undefined;
  /** Since when the gate is waited at, in milliseconds since the epoch: soaking counts from here. */
  readonly reachedMs: number;
  readonly approvals: readonly RolloutApproval[];
  /** Name of the rollout, the revision it releases, and who is not to approve it. */
  readonly rollout: { readonly name: string; readonly revision: string; readonly author?: string | undefined };
  readonly separateApprover: boolean;
  readonly measurements: Measurements;
  readonly nowMs: number;
}

/** The state of a gate. */
export interface GateState {
  readonly open: boolean;
  readonly rejected?: string;
  /** What is waited for. */
  readonly message?: string;
  /** When to look again, in milliseconds since the epoch. */
  readonly againMs?: number;
  /** Since when every check passes. */
  readonly checksPassSince?: string;
}

/** Judges a gate: open when every task of it is fulfilled. */
export function judgeGate(input: GateInput): GateState {
  const { tasks, memory, nowMs } = input;
  const passing = tasks.every(({ check }) => check === undefined || isWithin(check, input.measurements));
  const since = passing ? (memory?.checksPassSince ?? formatTime(nowMs)) : undefined;
  const states = tasks.map((task) => judgeTask(task, input, since));
  const waiting = states.filter((state) => !state.open);
  const rejected = states.find((state) => state.rejected !== undefined)?.rejected;
  const times = waiting.flatMap(({ againMs }) => againMs ?? []);
  const hasChecks = tasks.some(({ check }) => check !== undefined);
  return {
    open: waiting.length === 0,
    ...(rejected === undefined ? {} : { rejected }),
    ...(waiting.length === 0 ? {} : { message: waiting.map(({ message }) => message ?? '').join('; ') }),
    ...(times.length === 0 ? {} : { againMs: Math.min(...times) }),
    ...(hasChecks && since !== undefined ? { checksPassSince: since } : {}),
  };
}

function judgeTask(task: RolloutTask, input: GateInput, passSince: string | undefined): GateState {
  if (task.approval !== undefined) return judgeApproval(input);
  if (task.soak !== undefined)
    return judgeWait(input.reachedMs, parseDurationMs(task.soak.duration), input.nowMs, 'soaks');
  if (task.check === undefined) return { open: true };
  const { metric, max, window } = task.check;
  const value = input.measurements[metric];
  if (passSince === undefined)
    return { open: false, message: `${metric} is ${value ?? 'not known'}, at most ${max} is allowed` };
  if (window === undefined) return { open: true };
  return judgeWait(Date.parse(passSince), parseDurationMs(window), input.nowMs, `${metric} must stay within ${max}`);
}

function judgeWait(sinceMs: number, durationMs: number, nowMs: number, what: string): GateState {
  const endMs = sinceMs + durationMs;
  return nowMs >= endMs
    ? { open: true }
    : { open: false, message: `${what} until ${formatTime(endMs)}`, againMs: endMs };
}

function isWithin({ metric, max }: NonNullable<RolloutTask['check']>, measurements: Measurements): boolean {
  const value = measurements[metric];
  return value !== undefined && value <= max;
}

/** An approval counts for exactly this gate of this rollout and revision, before it expires, and by somebody else where that is asked for. */
function judgeApproval(input: GateInput): GateState {
  const { stage, gate, rollout, nowMs } = input;
  const words = input.approvals
    .flatMap(({ spec }) => spec ?? [])
    .filter(
      (word) =>
        word.rollout === rollout.name &&
        word.stage === stage &&
        word.gate === gate &&
        word.revision === rollout.revision,
    );
  const valid = words.filter(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > nowMs);
  const rejection = valid.find(({ decision }) => decision === 'Reject');
  if (rejection) {
    const rejected = `${rejection.approver} rejected it${rejection.reason === undefined ? '' : `: ${rejection.reason}`}`;
    return { open: false, rejected, message: rejected };
  }
  const approvals = valid.filter(
    ({ approver }) => !input.separateApprover || (rollout.author !== undefined && approver !== rollout.author),
  );
  if (approvals.length > 0) return { open: true };
  if (valid.length > 0) {
    const why = rollout.author === undefined ? 'the author of the change is not known' : 'its author cannot approve it';
    return { open: false, message: `waits for another approval: ${why}` };
  }
  return { open: false, message: 'waits for approval' };
}
