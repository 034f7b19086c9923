import { formatTime } from '../../kernel';
import type { MemberHealth, RemoteMember } from '../facts/bundle-members';
import type { Drains } from './drains-of';

/** Why a WorkloadEntry may serve or not. */
export type EntryReason = 'Serving' | 'Drained' | 'ProbeFailed' | 'LastResort';

/** The `Healthy` condition that one WorkloadEntry gets. */
export interface EntryHealth {
  /** `namespace/name` */
  readonly entry: string;
  readonly healthy: boolean;
  readonly reason: EntryReason;
  readonly message: string;
}

/** What the health of a bundle's WorkloadEntries is decided from. */
export interface EntryHealthInput {
  /** The zone of the clients. */
  readonly zone: string;
  /** Ready pods of the own zone; undefined when they are not known. */
  readonly readyEndpoints: number | undefined;
  readonly members: readonly RemoteMember[];
  readonly drains: Drains;
  /** What the probes say; undefined for a member that was not probed yet, which counts as healthy. */
  readonly healthOf: (member: RemoteMember) => MemberHealth | undefined;
  readonly nowMs: number;
}

/** The verdicts, and when time alone changes them. */
export interface EntryHealthDecision {
  readonly entries: readonly EntryHealth[];
  readonly nextChangeMs: number | undefined;
}

/**
 * Decides which remote members take part: those that are drained, or that the probes find dead, are left out by status only
 * (R9). Never all of them: when nobody would be left, drained members serve again, and when no probe succeeds either, the
 * probes are not believed.
 */
export function decideEntryHealth(input: EntryHealthInput): EntryHealthDecision {
  const { members, drains, nowMs } = input;
  const states = members.map((member) => ({ member, ...stateOf(member, input) }));
  const localServes = (input.readyEndpoints ?? 0) > 0 && !isDrained(input.zone, input);
  const someServe = localServes || states.some(({ drained, failed }) => !drained && failed === undefined);
  const someAnswer = localServes || states.some(({ failed }) => failed === undefined);
  const ends = [...drains.values()].filter((untilMs) => untilMs > nowMs);
  return {
    entries: states.map(({ member, drained, failed }) => {
      if (failed !== undefined)
        return someAnswer ? failing(member, failed) : lastResort(member, 'no member answers its probe');
      if (drained) return someServe ? drainedEntry(member, input) : lastResort(member, 'every other member is gone');
      return { entry: member.entry, healthy: true, reason: 'Serving', message: `${member.address} answers` };
    }),
    nextChangeMs: ends.length > 0 ? Math.min(...ends) : undefined,
  };
}

function stateOf(
  member: RemoteMember,
  input: EntryHealthInput,
): { readonly drained: boolean; readonly failed: string | undefined } {
  const health = input.healthOf(member);
  const failed = health === undefined || health.healthy ? undefined : (health.message ?? 'its probe failed');
  return { drained: isDrained(member.zone, input), failed };
}

function isDrained(zone: string, { drains, nowMs }: EntryHealthInput): boolean {
  return (drains.get(zone) ?? 0) > nowMs;
}

function failing({ entry }: RemoteMember, message: string): EntryHealth {
  return { entry, healthy: false, reason: 'ProbeFailed', message };
}

function drainedEntry({ entry, zone }: RemoteMember, { drains }: EntryHealthInput): EntryHealth {
  const message = `zone ${zone} is drained until ${formatTime(drains.get(zone) ?? 0)}`;
  return { entry, healthy: false, reason: 'Drained', message };
}

function lastResort({ entry }: RemoteMember, why: string): EntryHealth {
  return { entry, healthy: true, reason: 'LastResort', message: `kept in, because ${why}` };
}
