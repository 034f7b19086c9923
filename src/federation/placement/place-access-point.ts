import {
  accessPointFinding,
  type AccessPoint,
  type AccessPointSpec,
  type FindingParts,
  type PlacedCluster,
} from '../../accesspoint';
import type { Finding } from '../../kernel';
import type { MemberCluster } from '../api';
import { matchesSelector } from '../api';
import { candidatesFor, chooseClusters, tolerates } from './choose-clusters';
import { backendMembers, type FleetMember, fleetOf, gatewayOf } from './fleet-member';
import { listedNames } from './listed-names';
import { type PlacementSources, rulesOf } from './placement-rules';

/** What decides where an access point goes. */
export interface PlacementInput {
  readonly accessPoint: AccessPoint;
  readonly clusters: readonly MemberCluster[];
  readonly sources: PlacementSources;
  /** Clusters where it was placed last. */
  readonly previous: ReadonlySet<string>;
}

/** Where an access point goes, and what stands against it. */
export interface Placement {
  /** Sorted by name; the gateway cluster of every zone is among them. */
  readonly clusters: readonly PlacedCluster[];
  readonly findings: readonly Finding[];
}

/**
 * The clusters of an access point. Zones and names mean what they say, whoever names them: the access point, a policy, a workload. Selectors choose among the
 * clusters that can hold the backend. Every zone brings its gateway cluster along; one without workload clusters keeps the backend there.
 */
export function placeAccessPoint(input: PlacementInput): Placement {
  const { accessPoint, clusters } = input;
  if (accessPoint.spec === undefined) return { clusters: [], findings: [] };
  const fleet = fleetOf(clusters, accessPoint.spec.mesh);
  const choice = chosenMembers(input, fleet);
  const problems = [...choice.problems, ...gatewayProblems(accessPoint, choice.members, fleet)];
  const members = choice.members.filter(({ zone }) => gatewayOf(zone, fleet) !== undefined);
  const isTold = problems.some(({ code }) => code !== STRANGERS);
  if (members.length === 0 && !isTold) problems.push(nothingChosen());
  return {
    clusters: withBackend(members, choice, fleet).map((cluster) => withOverrides(cluster, accessPoint, fleet)),
    findings: problems.map((parts) => accessPointFinding(accessPoint, parts)),
  };
}

interface Choice {
  readonly members: readonly FleetMember[];
  /** Clusters that were named as such. */
  readonly named: ReadonlySet<string>;
  /** A workload was followed: it runs in every cluster that is named. */
  readonly runs: boolean;
  readonly problems: FindingParts[];
}

function chosenMembers({ accessPoint, sources, previous }: PlacementInput, fleet: readonly FleetMember[]): Choice {
  const { spec, metadata } = accessPoint;
  const nothing = { members: [], named: new Set<string>(), runs: false };
  if (spec === undefined) return { ...nothing, problems: [] };
  const { zones, workloadRef } = spec.placement;
  if (zones !== undefined) return evicted(fleet.filter(({ zone }) => zones.includes(zone)));
  const resolved = rulesOf(metadata.namespace ?? 'default', metadata.name, spec, sources);
  if (resolved.problem !== undefined) return { ...nothing, problems: [{ code: 'FLO3029', ...resolved.problem }] };
  const { rules, owner } = resolved;
  const chosen = chooseClusters({ owner, rules, candidates: candidatesFor(rules, fleet), previous });
  const gateways = chosen.flatMap(({ zone }) => gatewayOf(zone, fleet) ?? []);
  return {
    members: sorted([...new Set([...chosen, ...gateways])]),
    named: new Set(rules.clusters),
    runs: workloadRef !== undefined,
    problems: workloadRef === undefined ? [] : strangers(owner, rules.clusters ?? [], { spec, fleet }),
  };
}

const STRANGERS = 'FLO3033';

/** A workload of another system may run where the hub knows no cluster: that part of it gets no traffic from here. */
function strangers(
  owner: string,
  clusters: readonly string[],
  { spec, fleet }: { readonly spec: AccessPointSpec; readonly fleet: readonly FleetMember[] },
): FindingParts[] {
  const unknown = clusters.filter((wanted) => !fleet.some(({ name }) => name === wanted));
  if (unknown.length === 0) return [];
  const [kind, , name = ''] = owner.split('/');
  const message = `${kind} "${name}" runs in clusters that are no MemberClusters of mesh "${spec.mesh}", and gets no traffic there: ${listedNames(unknown)}`;
  const hint = 'create MemberClusters of those very names, or move the workload';
  return [{ code: STRANGERS, severity: 'warning', path: 'spec.placement.workloadRef', message, hint }];
}

/** Zones are named as a whole, so only NoExecute keeps their clusters out. */
function evicted(members: readonly FleetMember[]): Choice {
  const there = members.filter((member) => tolerates([], member, true));
  return { members: there, named: new Set(), runs: false, problems: [] };
}

/** Named zones must work; one that a selector happens to reach is passed over with a warning. */
function gatewayProblems(
  { spec }: AccessPoint,
  members: readonly FleetMember[],
  fleet: readonly FleetMember[],
): FindingParts[] {
  const named = spec?.placement.zones !== undefined || spec?.placement.clusters !== undefined;
  const zones = [...new Set(members.map(({ zone }) => zone))].sort();
  return zones.flatMap((zone) => {
    if (gatewayOf(zone, fleet) !== undefined) return [];
    return [
      {
        code: 'FLO3020',
        severity: named ? ('error' as const) : ('warning' as const),
        path: 'spec.placement',
        message: `zone ${zone} has no gateway cluster in mesh "${spec?.mesh ?? ''}", so nothing could lead traffic into it`,
        hint: 'add a MemberCluster with role Gateway there, or leave the zone out',
      },
    ];
  });
}

function nothingChosen(): FindingParts {
  const message = 'no cluster of the fleet fits the placement';
  const hint = 'see the labels, zones and taints of the MemberClusters; what runs already stays where it is';
  return { code: 'FLO3028', path: 'spec.placement', message, hint };
}

/**
 * Workload clusters hold the backend; a gateway cluster does where its zone has no workload cluster to do so, was named instead of them, or has the workload
 * that is followed.
 */
function withBackend(
  members: readonly FleetMember[],
  { named, runs }: Choice,
  fleet: readonly FleetMember[],
): PlacedCluster[] {
  const able = new Set(backendMembers(fleet).map(({ name }) => name));
  const served = new Set(members.filter(({ role }) => role === 'Workload').map(({ zone }) => zone));
  return members.map(({ name, zone, role }) => ({
    name,
    zone,
    role,
    holdsBackend: able.has(name) || (named.has(name) && (runs || !served.has(zone))),
  }));
}

/** Resolves the targets of overrides here, so that a revision says for good which clusters they change. */
function withOverrides(cluster: PlacedCluster, { spec }: AccessPoint, fleet: readonly FleetMember[]): PlacedCluster {
  const labels = fleet.find(({ name }) => name === cluster.name)?.labels ?? {};
  const overrides = (spec?.overrides ?? []).flatMap(({ target }, index) => {
    const { clusters, zones, selector } = target;
    if (clusters !== undefined && !clusters.includes(cluster.name)) return [];
    if (zones !== undefined && !zones.includes(cluster.zone)) return [];
    return selector === undefined || matchesSelector(selector, labels) ? [index] : [];
  });
  return overrides.length === 0 ? cluster : { ...cluster, overrides };
}

function sorted(members: readonly FleetMember[]): FleetMember[] {
  return [...members].sort((left, right) => (left.name < right.name ? -1 : 1));
}
