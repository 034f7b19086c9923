import type { LocalityLoadBalancerSetting } from '../../../istio';
import { type Locality, formatLocality } from '../../../kernel';
import { apportion, compareText, groupBy } from '../../model';
import { type LocalityGroup, weightOf } from './locality-group';

type Distribute = NonNullable<LocalityLoadBalancerSetting['distribute']>[number];

/** The first entry whose `from` covers the proxy's locality. */
export function distributeFor(entries: readonly Distribute[], from: Locality): Distribute | undefined {
  return entries.find((entry) => localityMatches(entry.from ?? '', from));
}

/** Whether a pattern (`region/zone/subzone`, `*` for a part and all after it) covers a locality. */
export function localityMatches(pattern: string, { region, zone, subzone = '' }: Locality): boolean {
  const [wantedRegion = '', wantedZone = '*', wantedSubzone = '*'] = pattern.split('/');
  if (wantedRegion === '*') return true;
  if (wantedRegion !== region) return false;
  if (wantedZone === '*' || wantedZone === '') return true;
  if (wantedZone !== zone) return false;
  return wantedSubzone === '*' || wantedSubzone === '' || wantedSubzone === subzone;
}

/**
 * Gives localities the shares of one `distribute` entry, exactly. Each locality belongs to the most specific pattern that
 * covers it; the localities of a pattern divide its share by their endpoints' weights. A pattern without endpoints loses its
 * share to the others. Localities of no pattern lose their endpoints, or go to lower priorities when there is an order.
 */
export function distribute(
  groups: readonly LocalityGroup[],
  to: Readonly<Record<string, number>>,
  order: readonly string[] | undefined,
): readonly LocalityGroup[] {
  const patternOf = patternsOf(to);
  const claimed = groupBy(groups, ({ locality }) => patternOf(locality));
  const rest = claimed.get(undefined) ?? [];
  const portions = [...claimed].flatMap(([pattern, members]): Claim[] =>
    pattern === undefined ? [] : [[pattern, members]],
  );
  const weights = apportion(
    portions.map(([pattern, members]) => ({ share: to[pattern] ?? 0, weights: members.map(({ weight }) => weight) })),
  );
  const weighted = portions.flatMap(([, members], portion) =>
    members.map((member, index): LocalityGroup => ({ ...member, weight: weights[portion]?.[index] ?? 1 })),
  );
  return inOrderOf(groups, [...weighted, ...rest.map((group) => unclaimed(group, order))]);
}

type Claim = readonly [pattern: string, members: readonly LocalityGroup[]];

/** Of the patterns with a share the most specific one that covers a locality. */
export function patternsOf(to: Readonly<Record<string, number>>): (locality: Locality) => string | undefined {
  const patterns = Object.keys(to)
    .filter((pattern) => (to[pattern] ?? 0) > 0)
    .sort(bySpecificity);
  return (locality) => patterns.find((pattern) => localityMatches(pattern, locality));
}

/** What becomes of a locality that no pattern names. */
function unclaimed(group: LocalityGroup, order: readonly string[] | undefined): LocalityGroup {
  if (!order) return { ...group, endpoints: [] };
  const { region, zone } = group.locality;
  const place = order.indexOf(`${region}/${zone}`);
  return { ...group, weight: weightOf(group.endpoints), priority: place < 0 ? order.length + 1 : place + 1 };
}

function inOrderOf(original: readonly LocalityGroup[], changed: readonly LocalityGroup[]): readonly LocalityGroup[] {
  const places = new Map(original.map(({ locality }, index) => [formatLocality(locality), index]));
  const placeOf = ({ locality }: LocalityGroup): number => places.get(formatLocality(locality)) ?? 0;
  return [...changed].sort((left, right) => placeOf(left) - placeOf(right));
}

/** Patterns that name more parts first; of equal ones by text, so that the result never depends on the order of a map. */
function bySpecificity(left: string, right: string): number {
  return namedParts(right) - namedParts(left) || compareText(left, right);
}

function namedParts(pattern: string): number {
  const parts = pattern.split('/');
  const wildcard = parts.findIndex((part) => part === '*' || part === '');
  return wildcard < 0 ? parts.length : wildcard;
}
