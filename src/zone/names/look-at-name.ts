import type { BundleStatus } from '../../federation/api';
import {
  addressOf,
  memberOfEntry,
  type MemberVerdict,
  type NameRecord,
  nextVerdictMs,
  sinceOf,
} from '../../nameservice';
import { type KubeObject, namespacedName } from '../../kube/schema';
import type { EntryHealth, EntryHealthDecision, EntryReason } from '../drain/decide-entry-health';

/** What the zone says and does about the members of a name. */
export interface NameLook {
  readonly members: NonNullable<BundleStatus['members']>;
  readonly entryHealth: EntryHealthDecision;
}

const REASONS: Readonly<Record<MemberVerdict['reason'], EntryReason>> = {
  Serving: 'Serving',
  Drained: 'Drained',
  CheckFailed: 'ProbeFailed',
  LastResort: 'LastResort',
};

/**
 * Turns the verdicts that DNS answers by into the health of the WorkloadEntries, and into the report. There is no second opinion: who is
 * not told by DNS takes no traffic of the mesh, and the other way round.
 */
export function lookAtName(
  record: NameRecord,
  verdicts: readonly MemberVerdict[],
  manifests: readonly KubeObject[],
  nowMs: number,
): NameLook {
  const byId = new Map(verdicts.map((verdict) => [verdict.id, verdict]));
  const entries = manifests
    .filter(({ kind }) => kind === 'WorkloadEntry')
    .flatMap((entry): EntryHealth[] => {
      const verdict = byId.get(memberOfEntry(entry) ?? '');
      if (verdict === undefined) return [];
      const { serving: healthy, reason, message } = verdict;
      return [{ entry: namespacedName(entry), healthy, reason: REASONS[reason], message }];
    });
  return {
    members: membersOf(record, byId),
    entryHealth: { entries, nextChangeMs: nextVerdictMs(record, nowMs) },
  };
}

function membersOf(record: NameRecord, byId: ReadonlyMap<string, MemberVerdict>): NameLook['members'] {
  return record.members.flatMap((member) => {
    const verdict = byId.get(member.id);
    if (verdict === undefined) return [];
    const since = sinceOf(verdict);
    return [
      {
        ...{ id: member.id, zone: member.zone ?? 'elsewhere', address: addressOf(member) },
        ...{ healthy: verdict.healthy, reason: verdict.reason },
        ...(verdict.reason === 'Serving' ? {} : { message: verdict.message }),
        ...(since === undefined ? {} : { since }),
      },
    ];
  });
}
