import { createHash } from 'node:crypto';
import { matchesSelector, type PlacementRules, type Toleration } from '../api';
import { backendMembers, type FleetMember } from './fleet-member';

/** What a choice depends on. */
export interface ChoiceInput {
  /** Who is placed, so that different owners spread over different clusters. */
  readonly owner: string;
  readonly rules: PlacementRules;
  /** Clusters that could be chosen. */
  readonly candidates: readonly FleetMember[];
  /** Clusters that were chosen last time. */
  readonly previous: ReadonlySet<string>;
}

/**
 * Chooses clusters by rules. Names beat everything but NoExecute taints. What was chosen before stays as long as it may; room that is left goes by
 * rendezvous hashing. So a new cluster moves nobody, and one that leaves moves only what it had.
 */
export function chooseClusters({ owner, rules, candidates, previous }: ChoiceInput): FleetMember[] {
  const named = new Set(rules.clusters ?? []);
  const eligible = candidates.filter(
    (member) =>
      tolerates(rules.tolerations, member, previous.has(member.name) || named.has(member.name)) &&
      (named.has(member.name) || isSelected(rules, member)),
  );
  const rank = (member: FleetMember): string => {
    const class_ = named.has(member.name) ? 0 : previous.has(member.name) ? 1 : 2;
    return `${class_} ${createHash('sha256').update(`${owner}\0${member.name}`).digest('hex')}`;
  };
  const ranked = eligible.map((member) => ({ member, rank: rank(member) })).sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const chosen: FleetMember[] = [];
  for (const { member } of ranked) if (named.has(member.name) || hasRoom(rules, chosen, member)) chosen.push(member);
  return chosen.sort((left, right) => (left.name < right.name ? -1 : 1));
}

/**
 * The clusters that rules choose from: those that can hold a backend, and those that they name. Whoever names a gateway cluster means it, also in a zone
 * that has workload clusters.
 */
export function candidatesFor({ clusters = [] }: PlacementRules, fleet: readonly FleetMember[]): FleetMember[] {
  return [...new Set([...backendMembers(fleet), ...fleet.filter(({ name }) => clusters.includes(name))])];
}

/** Zones and selector must both hold where both are given; with neither of them only names are chosen. */
export function isSelected({ clusterSelector, zones }: PlacementRules, member: FleetMember): boolean {
  if (clusterSelector === undefined && zones === undefined) return false;
  const inZones = zones === undefined || zones.includes(member.zone);
  return inZones && (clusterSelector === undefined || matchesSelector(clusterSelector, member.labels));
}

/** NoSchedule keeps newcomers away; NoExecute sends away who is there. */
export function tolerates(tolerations: readonly Toleration[], { taints }: FleetMember, isThere: boolean): boolean {
  const binding = taints.filter(({ effect }) => effect === 'NoExecute' || !isThere);
  return binding.every((taint) =>
    tolerations.some(({ key, operator, value, effect }) => {
      if (effect !== undefined && effect !== taint.effect) return false;
      if (key === undefined) return operator === 'Exists';
      return key === taint.key && (operator === 'Exists' || (value ?? '') === (taint.value ?? ''));
    }),
  );
}

function hasRoom(
  { maxClusters, spread }: PlacementRules,
  chosen: readonly FleetMember[],
  member: FleetMember,
): boolean {
  if (maxClusters !== undefined && chosen.length >= maxClusters) return false;
  return spread.every(({ topologyKey, maxClusters: limit }) => {
    const value = topologyOf(member, topologyKey);
    return chosen.filter((other) => topologyOf(other, topologyKey) === value).length < limit;
  });
}

function topologyOf({ region, zone, labels }: FleetMember, key: string): string {
  if (key === 'region' || key === 'topology.kubernetes.io/region') return region;
  if (key === 'zone' || key === 'topology.kubernetes.io/zone') return zone;
  return labels[key] ?? '';
}
