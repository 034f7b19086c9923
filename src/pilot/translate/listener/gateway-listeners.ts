import { type MeshModel, parseProtocol, type Proxy } from '../../model';
import type { FilterChain, HttpFilter, Listener, NetworkFilter } from '../../proto';
import { autoPassthroughTargets, isAutoPassthrough, offers } from '../gateway/auto-passthrough';
import {
  type MergedListener,
  type MergedServer,
  mergeGateways,
  passesTlsThrough,
  routeName,
  routesHttp,
} from '../gateway/merged-gateway';
import { clusterNameOf } from '../outbound-target';
import { securityFilters } from '../security/security-filters';
import { resource, type XdsResource } from '../xds-resource';
import { serverTlsSocket } from './downstream-tls';
import { gatewayTcpFilters, gatewayTlsChains } from './gateway-layer4';
import { HANDSHAKE_TIMEOUT } from './handshake-timeout';
import { TLS_INSPECTOR } from './inspectors';
import { httpConnectionManager, routesByName, routingFilters } from './http-connection-manager';
import { tcpProxyTo } from './tcp-proxy';
import { wildcardAddress } from './wildcard-address';

/** ALPN names by which mesh sidecars mark their TLS. */
const MESH_PROTOCOLS = ['istio', 'istio-peer-exchange', 'istio-http/1.0', 'istio-http/1.1', 'istio-h2'];

/** Where a listener is built. */
interface ListenerContext {
  readonly address: string;
  readonly model: MeshModel;
  readonly proxy: Proxy;
  /** What checks requests, the same on every listener of the proxy. */
  readonly security: readonly HttpFilter[];
}

/** The listeners of a gateway proxy: one per port and address of its Gateways' servers that lead anywhere. */
export function gatewayListeners(model: MeshModel, proxy: Proxy): readonly XdsResource[] {
  const shared = { model, proxy, security: securityFilters(model, proxy) };
  return mergeGateways(model, proxy)
    .listeners.filter(({ port }) => port >= 1024 || proxy.metadata.UNPRIVILEGED_POD !== 'true')
    .map((listener) => gatewayListener(listener, { ...shared, address: listener.bind || wildcardAddress(proxy) }))
    .filter((listener) => listener !== undefined);
}

function gatewayListener(listener: MergedListener, context: ListenerContext): XdsResource | undefined {
  const { address } = context;
  const chains = filterChains(listener, context);
  if (chains.length === 0) return undefined;
  const name = `${address}_${listener.port}`;
  const body: Listener = {
    name,
    address: { socketAddress: { address, portValue: listener.port } },
    filterChains: chains,
    listenerFilters: listener.kind === 'tls' ? [TLS_INSPECTOR] : undefined,
    trafficDirection: 'OUTBOUND',
    maxConnectionsToAcceptPerSocketEvent: 1,
  };
  return resource('envoy.config.listener.v3.Listener', name, body);
}

function filterChains(listener: MergedListener, context: ListenerContext): readonly FilterChain[] {
  const [first] = listener.servers;
  if (listener.kind === 'http') return first ? [chain([gatewayHttp(first, listener, context)])] : [];
  return listener.servers.flatMap((server) => serverChains(server, listener, context));
}

function serverChains(
  merged: MergedServer,
  listener: MergedListener,
  context: ListenerContext,
): readonly FilterChain[] {
  const { model, proxy } = context;
  const { server } = merged;
  if (isAutoPassthrough(merged)) return autoPassthroughChains(merged, model, proxy);
  if (passesTlsThrough(server)) return gatewayTlsChains(merged, model, proxy);
  const filters = routesHttp(server)
    ? [gatewayHttp(merged, listener, context)]
    : gatewayTcpFilters(merged, model, proxy);
  if (filters.length === 0) return [];
  if (!server.tls) return [chain(filters)];
  return [
    {
      filterChainMatch: serverNames(merged.hosts.map(({ host }) => host)),
      filters,
      transportSocket: serverTlsSocket(server.tls, routesHttp(server)),
      transportSocketConnectTimeout: HANDSHAKE_TIMEOUT,
    },
  ];
}

function chain(filters: readonly NetworkFilter[]): FilterChain {
  return { filters, transportSocketConnectTimeout: HANDSHAKE_TIMEOUT };
}

/** Server names of a chain, sorted; none when one of them stands for all. */
function serverNames(hosts: readonly string[]): FilterChain['filterChainMatch'] {
  return hosts.includes('*') ? undefined : { serverNames: [...new Set(hosts)].sort() };
}

function gatewayHttp(
  { server, gateway }: MergedServer,
  { port }: MergedListener,
  { address, security }: ListenerContext,
): NetworkFilter {
  return httpConnectionManager({
    statPrefix: `outbound_${address}_${port};`,
    ...routesByName(routeName(server, gateway, port)),
    httpFilters: [...security, ...routingFilters(parseProtocol(server.port.protocol))],
    httpProtocolOptions: {},
    serverName: 'istio-envoy',
    useRemoteAddress: true,
    forwardClientCertDetails: 'SANITIZE_SET',
    setCurrentClientCertDetails: { subject: true, cert: true, dns: true, uri: true },
  });
}

function autoPassthroughChains(merged: MergedServer, model: MeshModel, proxy: Proxy): readonly FilterChain[] {
  return autoPassthroughTargets(model, proxy)
    .filter(({ service }) => offers(merged, service.hostname))
    .map((target) => {
      const name = clusterNameOf(target);
      return {
        filterChainMatch: { serverNames: [name], applicationProtocols: MESH_PROTOCOLS },
        ...chain([tcpProxyTo(name)]),
      };
    });
}
