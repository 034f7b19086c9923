import type { Locality } from '../../../kernel';
import { compareText, type Endpoint, groupBy } from '../../model';

/** The endpoints of one locality, as they will stand in one entry of the load assignment. */
export interface LocalityGroup {
  readonly locality: Locality;
  readonly endpoints: readonly Endpoint[];
  readonly weight: number;
  /** 0 is served first; undefined is 0. */
  readonly priority?: number;
}

/** Groups endpoints by locality, ordered by name; a group weighs what its endpoints weigh together. */
export function groupByLocality(endpoints: readonly Endpoint[]): readonly LocalityGroup[] {
  const groups = new Map<string, Endpoint[]>();
  for (const endpoint of endpoints) {
    const key = localityKey(endpoint.locality);
    const group = groups.get(key);
    if (group) group.push(endpoint);
    else groups.set(key, [endpoint]);
  }
  return [...groups]
    .sort(([left], [right]) => compareText(left, right))
    .map(([, [first, ...rest]]) => {
      const members = first ? [first, ...rest] : rest;
      return { locality: first?.locality ?? { region: '', zone: '' }, endpoints: members, weight: weightOf(members) };
    });
}

/**
 * Groups in which every endpoint counts the same, for clients that know weights of localities only: gRPC's round robin does not read those of
 * endpoints (gRFC A27). Where members of a global name divide a locality, each becomes a subzone of its own.
 */
export function splitByMember(groups: readonly LocalityGroup[]): readonly LocalityGroup[] {
  return groups.flatMap((group) => {
    const members = groupBy(group.endpoints, ({ member }) => member);
    if (members.size < 2) return [group];
    return [...members].map(([member, endpoints]): LocalityGroup => {
      const { locality } = group;
      const subzone = [locality.subzone ?? [], placeOfMember(member)].flat().join('.');
      return { ...group, locality: { ...locality, subzone }, endpoints, weight: weightOf(endpoints) };
    });
  });
}

/** `namespace/name@region/zone`, or a name elsewhere, as a part of a locality. */
function placeOfMember(member = ''): string {
  return (member.split('@')[0] ?? '').replaceAll('/', '.');
}

/** The weight of endpoints together. */
export function weightOf(endpoints: readonly Endpoint[]): number {
  return endpoints.reduce((sum, { weight }) => sum + weight, 0);
}

/** `region/zone/subzone`, all three parts. */
export function localityKey({ region, zone, subzone = '' }: Locality): string {
  return `${region}/${zone}/${subzone}`;
}

/** Renumbers priorities without gaps, as Envoy and gRPC demand: 0, 1, 2, … in their order. */
export function withoutGaps(groups: readonly LocalityGroup[]): readonly LocalityGroup[] {
  const used = [...new Set(groups.filter(({ endpoints }) => endpoints.length > 0).map(({ priority = 0 }) => priority))];
  const ordered = used.sort((left, right) => left - right);
  return groups.map((group) => ({ ...group, priority: Math.max(0, ordered.indexOf(group.priority ?? 0)) }));
}
