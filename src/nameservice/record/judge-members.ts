import { formatTime } from '../../kernel';
import type { NameCheck, NameMember, NameRecord } from './name-record';

/** What the checks of one address have shown. */
export interface CheckState {
  /** undefined before the first check has ended: that counts as alive, because missing news takes nothing out. */
  readonly healthy: boolean | undefined;
  readonly message?: string | undefined;
  /** Since when it is so, in milliseconds since the epoch. */
  readonly sinceMs?: number | undefined;
}

/** Why a member takes part or not. */
export type MemberReason = 'Serving' | 'Drained' | 'CheckFailed' | 'LastResort';

/** The one verdict about a member, which DNS and mesh both follow. */
export interface MemberVerdict {
  readonly id: string;
  /** Whether it takes part. */
  readonly serving: boolean;
  /** Whether its checks pass, whatever follows from that. */
  readonly healthy: boolean;
  readonly reason: MemberReason;
  readonly message: string;
  readonly sinceMs?: number | undefined;
}

interface Judged {
  readonly member: NameMember;
  readonly failed: CheckState | undefined;
  readonly drained: boolean;
}

/**
 * Decides which members of a name take part. Those whose checks fail, or whose zone is drained, leave, but never all of them: when
 * nobody else is left, drained members serve again, and when every check fails, the checks are not believed. Members that are on
 * their way out of the mesh are judged as well, and never keep the others from being the last resort.
 */
export function judgeMembers(
  { members }: Pick<NameRecord, 'members'>,
  stateOf: (check: NameCheck) => CheckState,
  nowMs: number,
): readonly MemberVerdict[] {
  const judged = members.map((member) => ({
    member,
    failed: failureOf(member, stateOf),
    drained: isDrained(member, nowMs),
  }));
  const staying = judged.filter(({ member }) => member.leavesAt === undefined);
  const pool = staying.length > 0 ? staying : judged;
  const someServe = pool.some(({ failed, drained }) => failed === undefined && !drained);
  const someAnswer = pool.some(({ failed }) => failed === undefined);
  return judged.map((one) => verdictOf(one, someServe, someAnswer));
}

function verdictOf({ member, failed, drained }: Judged, someServe: boolean, someAnswer: boolean): MemberVerdict {
  const { id } = member;
  if (failed !== undefined) {
    const { message = 'its check failed', sinceMs } = failed;
    const at = { id, healthy: false, sinceMs };
    if (someAnswer) return { ...at, serving: false, reason: 'CheckFailed', message };
    return { ...at, serving: true, reason: 'LastResort', message: `kept in, because no member answers: ${message}` };
  }
  if (!drained) return { id, healthy: true, serving: true, reason: 'Serving', message: 'it answers' };
  if (someServe)
    return {
      id,
      healthy: true,
      serving: false,
      reason: 'Drained',
      message: `drained until ${member.drainedUntil ?? ''}`,
    };
  return {
    id,
    healthy: true,
    serving: true,
    reason: 'LastResort',
    message: 'drained, but kept in, because every other member is gone',
  };
}

/** The entrance has to answer, and of the app tiers one. */
function failureOf({ entrance, tiers }: NameMember, stateOf: (check: NameCheck) => CheckState): CheckState | undefined {
  const door = entrance === undefined ? undefined : stateOf(entrance);
  if (door?.healthy === false) return door;
  const states = tiers.map(stateOf);
  return states.length > 0 && states.every(({ healthy }) => healthy === false) ? states[0] : undefined;
}

function isDrained({ drainedUntil }: NameMember, nowMs: number): boolean {
  return drainedUntil !== undefined && Date.parse(drainedUntil) > nowMs;
}

/** When time alone changes a verdict: the next end of a drain, in milliseconds since the epoch. */
export function nextVerdictMs({ members }: Pick<NameRecord, 'members'>, nowMs: number): number | undefined {
  const ends = members.flatMap((member) => (isDrained(member, nowMs) ? [Date.parse(member.drainedUntil ?? '')] : []));
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** A member's address for people: what DNS tells, else what the mesh connects to. */
export function addressOf({ addresses, alias, mesh }: NameMember): string {
  return addresses[0] ?? alias ?? mesh[0] ?? '';
}

/** RFC 3339 of a verdict's beginning, when it is known. */
export function sinceOf({ sinceMs }: MemberVerdict): string | undefined {
  return sinceMs === undefined ? undefined : formatTime(sinceMs);
}
