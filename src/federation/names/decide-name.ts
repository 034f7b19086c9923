import type { NameServiceStatus } from '../../nameservice';
import { decideRelease, earliest, ownerOf, type ReleaseDecision } from '../release';
import { memberReports, unhealthyMembers } from './name-health';
import type { NameInput } from './name-input';
import type { NameSnapshot } from './name-snapshot';
import { nameStatus } from './name-status';
import { recordInBundle, renderName } from './render-name';

/** What follows: the release, and the status that records it. */
export interface NameDecision extends ReleaseDecision<NameSnapshot> {
  readonly status: NameServiceStatus;
}

/** Decides everything about one name: its release with the facts of this moment, and its status. */
export function decideName(input: NameInput): NameDecision {
  const { service, zones, facts, geography, nowMs } = input;
  const owner = ownerOf('NameService', service);
  const reports = memberReports(zones);
  const unhealthy = unhealthyMembers(reports);
  const decision = decideRelease<NameSnapshot>({
    ...input,
    owner,
    object: service,
    recorded: service.status?.clusters ?? [],
    paused: service.spec?.paused === true,
    render: (snapshot, revision, cluster) => {
      const present = recordInBundle(zones.get(cluster.zone)?.bundles.get(cluster.name));
      return renderName({ owner, snapshot, revision, cluster, facts, geography, unhealthy, present, nowMs });
    },
  });
  const againMs = earliest([decision.againMs, nextLeaveMs(input)]);
  return { ...decision, againMs, status: nameStatus(input, decision, reports) };
}

/** When the next member or former name leaves some zone's mesh. */
function nextLeaveMs({ zones, nowMs }: NameInput): number | undefined {
  const bundles = [...zones.values()].flatMap((view) => [...view.bundles.values()]);
  const times = bundles.flatMap((bundle) => {
    const { members = [], former = [] } = recordInBundle(bundle) ?? {};
    return [...members, ...former].flatMap(({ leavesAt }) => (leavesAt === undefined ? [] : [Date.parse(leavesAt)]));
  });
  return earliest(times.map((timeMs) => Math.max(timeMs, nowMs)));
}
