import { FlotillaError, type Locality, parseLocality } from '../../kernel';

/** What an xDS client says about itself: envoy.config.core.v3.Node, the fields that discovery reads. */
export interface ProxyNode {
  /** `type~ip~name.namespace~domain`. */
  readonly id: string;
  /** Istio's node metadata: NAMESPACE, LABELS, CLUSTER_ID, NETWORK, SERVICE_ACCOUNT, INSTANCE_IPS, GENERATOR, … */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly locality?:
    | {
        readonly region?: string | undefined;
        readonly zone?: string | undefined;
        readonly subZone?: string | undefined;
      }
    | undefined;
}

/** One client of the primary, as translation sees it. */
export interface Proxy {
  /** `name.namespace`, unique in its cluster. */
  readonly id: string;
  readonly type: 'router' | 'sidecar';
  /** `grpc` for proxyless gRPC clients and servers. */
  readonly generator?: 'grpc';
  /** The first of `addresses`. */
  readonly ip: string;
  /** Every address of the workload: INSTANCE_IPS, or the one of the node id. */
  readonly addresses: readonly string[];
  readonly name: string;
  readonly namespace: string;
  /** DNS suffix that the workload's short names get, for example `shop.svc.cluster.local`. */
  readonly dnsDomain: string;
  readonly locality: Locality;
  readonly labels: Readonly<Record<string, string>>;
  readonly clusterId: string;
  readonly network?: string;
  readonly serviceAccount?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The cluster id of proxies that name none, as istiod's. */
export const DEFAULT_CLUSTER_ID = 'Kubernetes';

/** Locality that nothing is known of: never matches a named zone. */
export const NO_LOCALITY: Locality = { region: '', zone: '' };

/** The parts of a node id. */
interface NodeId {
  readonly type: Proxy['type'];
  readonly ip: string;
  readonly id: string;
  readonly dnsDomain: string;
}

/**
 * Reads a node id and its metadata (xds.istio.io's convention: four parts, joined by `~`).
 * @throws FlotillaError FLO4010 when the id has another form, FLO4011 when the type is not one that is served
 */
export function parseProxy(node: ProxyNode): Proxy {
  const { type, ip, id, dnsDomain } = parseNodeId(node.id);
  const metadata = node.metadata ?? {};
  const labels = stringRecord(metadata.LABELS);
  const [name = id, ...rest] = id.split('.');
  const namespace = text(metadata.NAMESPACE) ?? rest.join('.');
  if (id === '' || namespace === '') throw badNodeId(node.id);
  const addresses = instanceAddresses(metadata.INSTANCE_IPS, ip);
  return {
    id,
    type,
    ...(metadata.GENERATOR === 'grpc' ? { generator: 'grpc' } : {}),
    ip: addresses[0] ?? ip,
    addresses,
    name,
    namespace,
    dnsDomain,
    locality: localityOf(node, labels),
    labels,
    clusterId: text(metadata.CLUSTER_ID) ?? DEFAULT_CLUSTER_ID,
    ...present('network', text(metadata.NETWORK) ?? labels['topology.istio.io/network']),
    ...present('serviceAccount', text(metadata.SERVICE_ACCOUNT)),
    metadata,
  };
}

function parseNodeId(nodeId: string): NodeId {
  const parts = nodeId.split('~');
  const [type = '', ip, id, dnsDomain] = parts;
  if (parts.length !== 4 || ip === undefined || id === undefined || dnsDomain === undefined) throw badNodeId(nodeId);
  if (type !== 'router' && type !== 'sidecar') throw badType(nodeId, type);
  return { type, ip, id, dnsDomain };
}

function present<Key extends string>(key: Key, value: string | undefined): { readonly [K in Key]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: string });
}

/** The locality that labels name: `istio-locality` (dots for slashes) or `topology.istio.io/locality`. */
export function localityFromLabels(labels: Readonly<Record<string, string>>): Locality | undefined {
  const label = labels['topology.istio.io/locality'] ?? labels['istio-locality'];
  if (!label) return undefined;
  return parseLocality(label.includes('/') ? label : label.replaceAll('.', '/'));
}

function localityOf({ locality }: ProxyNode, labels: Readonly<Record<string, string>>): Locality {
  const labelled = localityFromLabels(labels);
  if (labelled) return labelled;
  if (!locality?.region && !locality?.zone) return NO_LOCALITY;
  const { region = '', zone = '', subZone } = locality;
  return subZone ? { region, zone, subzone: subZone } : { region, zone };
}

function instanceAddresses(instanceIps: unknown, ip: string): readonly string[] {
  const listed = text(instanceIps)
    ?.split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
  return listed?.length ? listed : [ip];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function stringRecord(value: unknown): Readonly<Record<string, string>> {
  const record: Record<string, string> = {};
  if (typeof value !== 'object' || value === null) return record;
  for (const [key, entry] of Object.entries(value)) if (typeof entry === 'string') record[key] = entry;
  return record;
}

function badNodeId(id: string): FlotillaError {
  return new FlotillaError(`node id "${id}" is not of the form type~ip~name.namespace~domain`, {
    code: 'FLO4010',
    retry: 'never',
    hint: 'set node.id in the bootstrap as istio-agent does, for example router~10.0.0.1~gateway-1.istio-system~istio-system.svc.cluster.local',
  });
}

function badType(id: string, type: string): FlotillaError {
  return new FlotillaError(`node "${id}" is of type "${type}", which this primary does not serve`, {
    code: 'FLO4011',
    retry: 'never',
    hint: 'router and sidecar are served, and proxyless gRPC as either with GENERATOR=grpc in the node metadata',
  });
}
