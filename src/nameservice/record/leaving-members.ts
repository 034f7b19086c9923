import { formatTime } from '../../kernel';
import type { NameMember, NameRecord } from './name-record';

/** What a cluster's mesh keeps for a while although the name no longer has it. */
export interface Leaving {
  readonly members: readonly NameMember[];
  readonly former: NameRecord['former'];
  /** When the next of them goes, in milliseconds since the epoch. */
  readonly nextMs: number | undefined;
}

/**
 * What leaves the mesh later than DNS: members and names that the cluster's present record still has and the wanted one has not. Caches
 * outside know them for a TTL from now; whoever is on the way out already keeps its time. State lives in the record itself, so that
 * a restarted hub goes on where it was.
 */
export function leavingOf(
  present: NameRecord | undefined,
  wanted: Pick<NameRecord, 'fqdn' | 'members'>,
  nowMs: number,
): Leaving {
  if (present === undefined) return { members: [], former: [], nextMs: undefined };
  // Times are written in whole seconds: rather a moment too long than too short.
  const leavesAt = formatTime(Math.ceil(nowMs / 1000) * 1000 + present.ttlSeconds * 1000);
  const kept = new Set(wanted.members.map(({ id }) => id));
  const members = present.members
    .filter(({ id }) => !kept.has(id))
    .map((member) => ({ ...member, leavesAt: member.leavesAt ?? leavesAt }))
    .filter((member) => Date.parse(member.leavesAt) > nowMs);
  const renamed = present.fqdn === wanted.fqdn ? [] : [{ fqdn: present.fqdn, leavesAt }];
  const former = [...present.former, ...renamed].filter(
    ({ fqdn, leavesAt: at }) => fqdn !== wanted.fqdn && Date.parse(at) > nowMs,
  );
  const times = [...members, ...former].map((one) => Date.parse(one.leavesAt));
  return { members, former, nextMs: times.length === 0 ? undefined : Math.min(...times) };
}
