import { selectedGateways } from '../../accesspoint';
import type { GatewayWorkload, LintContext } from '../../istio/lint';
import { gatewayNamespaceOf, type Manifest, type MemberCluster, type Mesh } from '../api';

/** What hub objects say about the fleet, as far as traps depend on it. */
export interface TrapFleet {
  readonly meshes: readonly Mesh[];
  readonly clusters: readonly MemberCluster[];
}

/**
 * What is known of one mesh in one cluster beside its objects. A zone's primary serves its own zone and no other, so the clients are those of the
 * cluster's zone: where the MemberCluster says it stands, and where its nodes say they are. Not `complete`: pods, and what people wrote themselves,
 * are in the zones alone. No `primary`: a zone agent applies these objects, and moves weights where an istiod serves.
 * @param manifests the objects of that mesh in that cluster
 */
export function trapContext(
  { meshes, clusters }: TrapFleet,
  {
    mesh,
    cluster,
    manifests,
  }: { readonly mesh: string; readonly cluster: string; readonly manifests: readonly Manifest[] },
): LintContext {
  const spec = meshes.find(({ metadata }) => metadata.name === mesh)?.spec;
  const member = clusters.find(({ metadata }) => metadata.name === cluster);
  const remoteClusters = member?.spec?.role === 'Workload' ? [cluster] : [];
  if (spec === undefined || member === undefined) return { remoteClusters };
  const namespace = gatewayNamespaceOf(spec);
  return {
    remoteClusters,
    rootNamespace: spec.rootNamespace,
    zones: clientZones(member, mesh, clusters),
    gateways: [...selectedGateways(manifests, namespace), ...lostGateways(member, namespace)],
  };
}

/** Where the clients of a cluster's zone are, in its gateway cluster and its workload clusters. */
function clientZones(member: MemberCluster, mesh: string, clusters: readonly MemberCluster[]): readonly string[] {
  const zone = zoneOf(member);
  const neighbours = clusters.filter((one) => zoneOf(one) === zone && one.spec?.meshes.includes(mesh) === true);
  const nodes = neighbours.flatMap(({ status }) => status?.facts?.nodeLocalities ?? []);
  return [...new Set([zone, ...nodes])].sort();
}

function zoneOf({ spec }: MemberCluster): string {
  return spec === undefined ? '' : `${spec.region}/${spec.zone}`;
}

/** R6: gateway pods that the zone reports to be on nodes without locality labels. */
function lostGateways({ metadata, status }: MemberCluster, namespace: string): readonly GatewayWorkload[] {
  const lost = (status?.facts?.gatewaysWithoutLocality ?? []).filter((pod) => pod.startsWith(`${namespace}/`));
  return lost.map((pod) => ({ name: `${pod} of ${metadata.name}`, namespace, labels: {}, locality: '' }));
}
