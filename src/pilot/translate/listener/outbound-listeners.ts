import {
  addressesIn,
  isHeadless,
  isHttp,
  type MeshModel,
  type MeshService,
  parseProtocol,
  type Proxy,
  type ServicePort,
} from '../../model';
import type { FilterChain } from '../../proto';
import { BLACK_HOLE_CLUSTER, PASSTHROUGH_CLUSTER } from '../names';
import { type EgressListener, sidecarScope } from '../sidecar/sidecar-scope';
import type { XdsResource } from '../xds-resource';
import { HANDSHAKE_TIMEOUT } from './handshake-timeout';
import { httpConnectionManager, routesByName, routingFilters } from './http-connection-manager';
import { addChains, type OutboundEntry, type OutboundKind, outboundListener, PLAIN_HTTP_MATCH } from './outbound-entry';
import { layer4Chains, type Layer4Routes, layer4RoutesOf } from './outbound-layer4';
import { loopbackAddress, wildcardAddress } from './wildcard-address';

/** What the services of one egress listener are gathered with. */
interface Gathering {
  readonly model: MeshModel;
  readonly proxy: Proxy;
  readonly listener: EgressListener;
  readonly routes: Layer4Routes;
  readonly entries: Map<string, OutboundEntry>;
}

/** One port of a service on one address. */
interface Bound {
  readonly service: MeshService;
  readonly port: ServicePort;
  readonly bind: string;
  /** Address ranges that the connection must go to, on an address that stands for all. */
  readonly ranges: readonly string[];
}

/** The outbound listeners of a sidecar: HTTP by port on all addresses, everything else by the service's own address. */
export function outboundListeners(model: MeshModel, proxy: Proxy): readonly XdsResource[] {
  const scope = sidecarScope(model, proxy);
  const entries = new Map<string, OutboundEntry>();
  for (const listener of scope.egress) {
    if (!listener.port) for (const entry of entries.values()) entry.locked = true;
    const gathering = { model, proxy, listener, routes: layer4RoutesOf(listener.virtualServices), entries };
    for (const service of listener.services) addService(service, gathering);
  }
  const elsewhere = scope.outboundTrafficPolicy === 'REGISTRY_ONLY' ? BLACK_HOLE_CLUSTER : PASSTHROUGH_CLUSTER;
  return [...entries.values()].map((entry) => outboundListener(entry, elsewhere));
}

function addService(service: MeshService, gathering: Gathering): void {
  if (service.resolution === 'Alias') return;
  for (const port of service.ports) {
    if (port.protocol === 'UDP') continue;
    for (const bound of bindings(service, port, gathering)) addBound(bound, gathering);
  }
}

/** On which addresses a service's port is listened for. */
function bindings(service: MeshService, port: ServicePort, { proxy, listener }: Gathering): readonly Bound[] {
  const wildcard = wildcardAddress(proxy);
  const on = (bind: string, ranges: readonly string[] = []): Bound => ({ service, port, bind, ranges });
  const own = listener.bind || (bindsToPort(listener, proxy) ? loopbackAddress(proxy) : '');
  if (own) return [on(own)];
  if (isHttp(protocolOf(port, listener))) return [on(wildcard)];
  const addresses = addressesIn(service, proxy.clusterId);
  if (addresses.length === 0) {
    if (!isHeadless(service)) return [on(wildcard)];
    // Nobody calls the Service's own address, because it has none: there is one listener for each of its pods.
    const pods = (service.endpoints.get(port.port) ?? []).map(({ address }) => address);
    return [...new Set(pods)].filter((address) => address !== proxy.ip).map((address) => on(address));
  }
  const ranges = addresses.filter((address) => address.includes('/'));
  const single = addresses.filter((address) => !address.includes('/')).map((address) => on(address));
  return ranges.length > 0 ? [...single, on(wildcard, ranges)] : single;
}

/** Without capture a listener can only be reached on its own port. */
function bindsToPort(listener: EgressListener, { metadata }: Proxy): boolean {
  return listener.bindsToPort || metadata.INTERCEPTION_MODE === 'NONE';
}

function protocolOf({ protocol }: ServicePort, { port }: EgressListener): ServicePort['protocol'] {
  return port ? parseProtocol(port.protocol) : protocol;
}

function addBound(bound: Bound, gathering: Gathering): void {
  const { proxy, listener, entries } = gathering;
  const { bind, port } = bound;
  const key = `${bind}_${port.port}`;
  const protocol = protocolOf(port, listener);
  const kind: OutboundKind = isHttp(protocol) ? 'http' : protocol === 'Unsupported' ? 'mixed' : 'tcp';
  const entry = entries.get(key);
  if (entry?.locked || (entry && kind === 'http' && entry.kind !== 'tcp')) return;
  const shared = bind === wildcardAddress(proxy);
  const opened = entry ?? {
    bind,
    port: port.port,
    bindsToPort: bindsToPort(listener, proxy),
    kind,
    chains: new Map<string, FilterChain>(),
    locked: false,
  };
  if (entry && entry.kind !== kind) opened.kind = 'mixed';
  if (kind !== 'http') addChains(opened, layer4Chains({ ...bound, ...gathering, shared }));
  if (kind !== 'tcp') addChains(opened, [httpChain(bound, kind === 'mixed' && !shared, shared || kind === 'mixed')]);
  entries.set(key, opened);
}

/** HTTP of all services of a port shares one chain; a service on an address of its own has routes of its own. */
function httpChain({ service, port, bind }: Bound, ownRoutes: boolean, byLooking: boolean): FilterChain {
  const manager = httpConnectionManager({
    statPrefix: `outbound_${bind}_${port.port};`,
    ...routesByName(ownRoutes ? `${service.hostname}:${port.port}` : String(port.port)),
    httpFilters: routingFilters(port.protocol),
  });
  return {
    filterChainMatch: byLooking ? PLAIN_HTTP_MATCH : undefined,
    filters: [manager],
    transportSocketConnectTimeout: HANDSHAKE_TIMEOUT,
  };
}
