import type { LocalityLoadBalancerSetting } from '../../../istio';
import type { Locality } from '../../../kernel';
import type { Endpoint, Proxy } from '../../model';
import { type LocalityGroup, localityKey, weightOf, withoutGaps } from './locality-group';

type Failover = NonNullable<LocalityLoadBalancerSetting['failover']>;

/** How many levels region failover has: same subzone, zone, region, the region to fail over to, any other. */
const LEVELS = 5;

/**
 * Priorities by distance (Istio's locality failover): the proxy's subzone, zone and region, then other regions; where an
 * entry says where this region fails over to, that region comes before the rest.
 */
export function failoverByRegion(
  groups: readonly LocalityGroup[],
  from: Locality,
  failover: Failover,
): readonly LocalityGroup[] {
  const entry = failover.find((candidate) => candidate.from === from.region);
  return withoutGaps(
    groups.map((group) => ({
      ...group,
      priority: (group.priority ?? 0) * LEVELS + distance(group.locality, from, entry?.to),
    })),
  );
}

function distance(to: Locality, from: Locality, preferredRegion: string | undefined): number {
  if (to.region === from.region) {
    if (to.zone !== from.zone) return 2;
    return (to.subzone ?? '') === (from.subzone ?? '') ? 0 : 1;
  }
  return preferredRegion !== undefined && to.region !== preferredRegion ? 4 : 3;
}

/**
 * Priorities by labels in the order given (Istio's failoverPriority): an endpoint's place is how many of the labels, from
 * the first on, it has in common with the proxy. A locality whose endpoints differ is split.
 */
export function failoverByLabels(
  groups: readonly LocalityGroup[],
  proxy: Proxy,
  keys: readonly string[],
): readonly LocalityGroup[] {
  const wanted = keys.map((key) => wantedLabel(key, proxy));
  const split = groups.flatMap((group) => {
    const byPriority = new Map<number, Endpoint[]>();
    for (const endpoint of group.endpoints) {
      const priority = labelDistance(wanted, endpoint);
      byPriority.set(priority, [...(byPriority.get(priority) ?? []), endpoint]);
    }
    return [...byPriority].map(([priority, endpoints]) => ({
      locality: group.locality,
      endpoints,
      weight: weightOf(endpoints),
      priority,
    }));
  });
  return withoutGaps(split.sort((left, right) => left.priority - right.priority || byName(left, right)));
}

interface WantedLabel {
  readonly key: string;
  readonly value: string;
}

function wantedLabel(text: string, proxy: Proxy): WantedLabel {
  const equals = text.indexOf('=');
  if (equals >= 0) return { key: text.slice(0, equals), value: text.slice(equals + 1) };
  return {
    key: text,
    value: topologyLabels(proxy.locality, proxy.network, proxy.clusterId)[text] ?? proxy.labels[text] ?? '',
  };
}

const NETWORK = 'topology.istio.io/network';

function labelDistance(wanted: readonly WantedLabel[], endpoint: Endpoint): number {
  const labels = { ...endpoint.labels, ...topologyLabels(endpoint.locality, endpoint.network, endpoint.cluster) };
  let distanceSoFar = 0;
  for (const [index, { key, value }] of wanted.entries()) {
    if ((labels[key] ?? '') === value) continue;
    // Another network is farther than any other difference, but the labels after it still count.
    if (index === 0 && key === NETWORK) distanceSoFar = wanted.length;
    else return distanceSoFar + wanted.length - index;
  }
  return distanceSoFar;
}

function topologyLabels(
  { region, zone, subzone }: Locality,
  network: string | undefined,
  cluster: string,
): Readonly<Record<string, string>> {
  return {
    ...(region ? { 'topology.kubernetes.io/region': region } : {}),
    ...(zone ? { 'topology.kubernetes.io/zone': zone } : {}),
    ...(subzone ? { 'topology.istio.io/subzone': subzone } : {}),
    ...(network ? { [NETWORK]: network } : {}),
    'topology.istio.io/cluster': cluster,
  };
}

function byName(left: LocalityGroup, right: LocalityGroup): number {
  return localityKey(left.locality) < localityKey(right.locality) ? -1 : 1;
}
