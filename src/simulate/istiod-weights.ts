import type { envoy } from '../pilot/proto';
import { localityMatches } from '../pilot/translate';

type ClusterLoadAssignment = envoy.config.endpoint.v3.ClusterLoadAssignment;

/**
 * The weights that an upstream istiod gives: each locality's part of its pattern is rounded up by itself
 * (docs/decisions/locality-weights.md), and every host counts as one.
 * Source: istio/istio pilot/pkg/networking/core/loadbalancer, applyLocalityWeights.
 */
export function istiodWeights(
  assignment: ClusterLoadAssignment,
  to: Readonly<Record<string, number>>,
): ClusterLoadAssignment {
  const groups = (assignment.endpoints ?? []).map((entry) => {
    const { region = '', zone = '', subZone = '' } = entry.locality ?? {};
    const locality = subZone === '' ? { region, zone } : { region, zone, subzone: subZone };
    const pattern = Object.keys(to).find((candidate) => localityMatches(candidate, locality));
    return { entry, pattern, hosts: (entry.lbEndpoints ?? []).length };
  });
  const hostsOf = (pattern: string): number =>
    groups.filter((group) => group.pattern === pattern).reduce((sum, { hosts }) => sum + hosts, 0);
  return {
    ...assignment,
    endpoints: groups.map(({ entry, pattern, hosts }) =>
      pattern === undefined || hosts === 0
        ? entry
        : { ...entry, loadBalancingWeight: Math.ceil(((to[pattern] ?? 0) * hosts) / hostsOf(pattern)) },
    ),
  };
}
