import {
  backendProtocolOf,
  exportToOf,
  gatewayProtocolOf,
  ISTIO_NETWORKING,
  isIpAddress,
  zonesOf,
} from '../../accesspoint';
import { annotations, labels, type Manifest } from '../../federation/api';
import { canonicalJson } from '../../kernel';
import { drainedPlaces, entryWeights, meshAddresses, meshShares, poolLocalityOf } from './mesh-shares';
import { entryName, formerRuleName, primaryName, selectorValue } from './names';
import { identity, type MeshAddress, type NameRenderInput } from './render-context';

/** With less than all of a place ejectable, failover to the next one never starts (R10). */
const OUTLIER_DETECTION = {
  consecutive5xxErrors: 5,
  interval: '1s',
  baseEjectionTime: '30s',
  maxEjectionPercent: 100,
};

/** The name as a service of the mesh: ServiceEntry, one WorkloadEntry per address, one DestinationRule per host. */
export function renderMeshObjects(input: NameRenderInput): Manifest[] {
  const addresses = meshAddresses(input.record);
  if (addresses.length === 0 || input.intent.ports.length === 0) return [];
  const weights = entryWeights(input.record, addresses);
  return [
    serviceEntry(input, addresses),
    ...addresses.map((address) => workloadEntry(input, address, weights.get(address))),
    ...destinationRules(input, addresses, weights.size > 0 || ownPodsDiffer(input, addresses)),
  ];
}

function hostsOf({ record }: NameRenderInput): string[] {
  return [record.fqdn, ...record.former.map(({ fqdn }) => fqdn)];
}

function exportIntent({ owner, meshSpec, intent }: NameRenderInput): Parameters<typeof exportToOf>[0] {
  return { namespace: owner.namespace, meshSpec, spec: { exportTo: intent.exportTo } };
}

/** Endpoints that are names need DNS; EDS takes addresses only (R7). */
function serviceEntry(input: NameRenderInput, addresses: readonly MeshAddress[]): Manifest {
  const { intent, owner } = input;
  const protocolOf = intent.meshTraffic === 'Direct' ? backendProtocolOf : gatewayProtocolOf;
  return {
    ...identity(input, { apiVersion: ISTIO_NETWORKING, kind: 'ServiceEntry', name: primaryName(owner.name) }),
    spec: {
      hosts: hostsOf(input),
      location: 'MESH_INTERNAL',
      resolution: addresses.every(({ address }) => isIpAddress(address)) ? 'STATIC' : 'DNS',
      ports: intent.ports.map((port) => ({ name: port.name, number: port.number, protocol: protocolOf(port) })),
      workloadSelector: { labels: { [labels.name]: selectorValue(owner.name) } },
      exportTo: exportToOf(exportIntent(input), 'service'),
    },
  };
}

function workloadEntry(input: NameRenderInput, at: MeshAddress, weight: number | undefined): Manifest {
  const { owner, intent } = input;
  return {
    ...identity(input, {
      apiVersion: ISTIO_NETWORKING,
      kind: 'WorkloadEntry',
      name: entryName(owner.name, at.member.id, at.address),
      annotations: { [annotations.member]: at.member.id, ...endpointsAnnotation(input, at) },
    }),
    spec: {
      address: at.address,
      ports: Object.fromEntries(intent.ports.map(({ name, number }) => [name, number])),
      locality: at.locality,
      labels: { [labels.name]: selectorValue(owner.name) },
      ...(weight === undefined ? {} : { weight }),
    },
  };
}

/** Under Locality, which places are drained, and what comes when they are no more, for the zone to carry out without the hub. */
function drainAnnotations({ record }: NameRenderInput, addresses: readonly MeshAddress[]): Record<string, string> {
  const drains = drainedPlaces(addresses);
  if (Object.keys(drains).length === 0 || record.policy !== 'Locality') return {};
  const pool = poolLocalityOf(record, addresses);
  return { [annotations.drains]: canonicalJson(drains), [annotations.poolLocality]: canonicalJson(pool) };
}

/** Members that divide a zone by pods have as many pods as they like, so that the pods of one count more than those of another. */
function ownPodsDiffer(input: NameRenderInput, addresses: readonly MeshAddress[]): boolean {
  const own = addresses.filter((at) => Object.keys(endpointsAnnotation(input, at)).length > 0);
  return new Set(own.map(({ member }) => member.id)).size > 1;
}

/** The own zone's members are reached pod by pod, past their load balancers, by control planes that know how. */
function endpointsAnnotation({ intent, cluster }: NameRenderInput, { member }: MeshAddress): Record<string, string> {
  const target = intent.targets.find(({ id }) => id === member.target);
  const service = target?.accessPoint?.service;
  const here = intent.meshTraffic === 'Direct' && member.zone === cluster.zone;
  return here && service !== undefined ? { [annotations.endpointsOf]: service } : {};
}

/** One per host, because a rule holds one; `ROUND_ROBIN` where endpoint weights count, which LEAST_REQUEST bends (R11). */
function destinationRules(input: NameRenderInput, addresses: readonly MeshAddress[], weighted: boolean): Manifest[] {
  const shares = meshShares(input.record, addresses, zonesOf(input.clusters));
  const distribute = shares.map(({ from, to }) => ({
    from: `${from}/*`,
    to: Object.fromEntries([...to].map(([place, percent]) => [`${place}/*`, percent])),
  }));
  const orders = shares.filter(({ failover }) => failover.length > 0).map(({ from, failover }) => [from, failover]);
  const { owner } = input;
  return hostsOf(input).map((host, index) => ({
    ...identity(input, {
      apiVersion: ISTIO_NETWORKING,
      kind: 'DestinationRule',
      name: index === 0 ? primaryName(owner.name) : formerRuleName(owner.name, host),
      annotations: {
        ...(orders.length === 0 ? {} : { [annotations.failoverOrder]: canonicalJson(Object.fromEntries(orders)) }),
        ...drainAnnotations(input, addresses),
      },
    }),
    spec: {
      host,
      trafficPolicy: {
        outlierDetection: OUTLIER_DETECTION,
        loadBalancer: { ...(weighted ? { simple: 'ROUND_ROBIN' } : {}), localityLbSetting: { distribute } },
      },
      exportTo: exportToOf(exportIntent(input), 'destinationRule'),
    },
  }));
}
