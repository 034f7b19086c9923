import type { MemberCluster, PlacementRules } from '../api';
import { candidatesFor, chooseClusters, isSelected } from './choose-clusters';
import { type FleetMember, fleetOf } from './fleet-member';
import { listedNames } from './listed-names';

/** The clusters that rules choose from for something new, and what they ask for in vain. */
export interface PolicyChoice {
  /** Names, sorted. */
  readonly clusters: readonly string[];
  /** What the rules name and the hub does not have, in words; none is fatal while anything is chosen. */
  readonly absent: readonly string[];
  /** Why nothing is chosen; undefined while anything is. */
  readonly reason: string | undefined;
}

/**
 * What rules choose from, whoever is placed by them: the clusters of any mesh that fit. How many of these one owner gets, `maxClusters` and `spread`
 * decide for each owner by itself, so they leave nothing out here.
 */
export function choiceOf(rules: PlacementRules, clusters: readonly MemberCluster[]): PolicyChoice {
  const fleets = [...new Set(clusters.flatMap(({ spec }) => spec?.meshes ?? []))].map((mesh) =>
    fleetOf(clusters, mesh),
  );
  const members = [...new Set(fleets.flat())];
  const candidates = [...new Set(fleets.flatMap((fleet) => candidatesFor(rules, fleet)))];
  const unlimited: PlacementRules = { ...rules, maxClusters: undefined, spread: [] };
  const chosen = chooseClusters({ owner: '', rules: unlimited, candidates, previous: new Set() });
  const absent = absentIn(rules, members);
  const reason = chosen.length > 0 ? undefined : reasonOf(rules, { members, candidates, absent });
  return { clusters: chosen.map(({ name }) => name), absent, reason };
}

interface Choices {
  readonly members: readonly FleetMember[];
  readonly candidates: readonly FleetMember[];
  readonly absent: readonly string[];
}

function absentIn({ clusters = [], zones = [] }: PlacementRules, members: readonly FleetMember[]): string[] {
  const names = clusters.filter((wanted) => !members.some(({ name }) => name === wanted));
  const empty = zones.filter((wanted) => !members.some(({ zone }) => zone === wanted));
  return [
    ...(names.length === 0 ? [] : [`there is no MemberCluster ${listedNames(names)}`]),
    ...(empty.length === 0 ? [] : [`no cluster is in zone ${listedNames(empty)}`]),
  ];
}

/** The first step at which nothing is left. */
function reasonOf(rules: PlacementRules, { members, candidates, absent }: Choices): string {
  const { clusters = [], clusterSelector, zones } = rules;
  if (clusters.length === 0 && clusterSelector === undefined && zones === undefined)
    return 'it gives no clusters, clusterSelector or zones, and nothing given is nothing chosen';
  if (members.length === 0) return 'the hub has no MemberCluster in any mesh';
  const fitting = members.filter((member) => clusters.includes(member.name) || isSelected(rules, member));
  if (fitting.length === 0) return [...absent, ...unmatched(rules, members)].join('; ');
  const able = fitting.filter((member) => candidates.includes(member));
  if (able.length === 0)
    return `${listedNames(fitting.map(({ name }) => name))}: gateway clusters of zones that have workload clusters take no workloads`;
  return `taints that it does not tolerate keep things away from ${listedNames(able.map(withTaints))}`;
}

/** Labels that no cluster has, or none where it is looked for. */
function unmatched({ clusterSelector, zones }: PlacementRules, members: readonly FleetMember[]): string[] {
  if (clusterSelector === undefined) return [];
  const fits = members.some((member) => isSelected({ clusterSelector, tolerations: [], spread: [] }, member));
  if (!fits) return [`its clusterSelector fits none of ${members.length} clusters`];
  const inZones = members.some(({ zone }) => zones?.includes(zone) === true);
  return inZones ? ['its clusterSelector fits no cluster in its zones'] : [];
}

function withTaints({ name, taints }: FleetMember): string {
  return `${name} (${taints.map(({ key, value, effect }) => `${key}${value === undefined ? '' : `=${value}`}:${effect}`).join(', ')})`;
}
