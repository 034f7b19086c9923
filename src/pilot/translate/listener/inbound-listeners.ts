import { isHttp, type MeshModel, modeOfPort, type Protocol, type Proxy, type WorkloadTls } from '../../model';
import type { FilterChain, Listener } from '../../proto';
import { BLACK_HOLE_CLUSTER, INBOUND_PASSTHROUGH_CLUSTER, inboundClusterName } from '../names';
import { type InboundPort, inboundPorts } from '../sidecar/inbound-port';
import { resource, type XdsResource } from '../xds-resource';
import { type InboundDestination, inboundHttp, inboundTcp } from './inbound-filters';
import { inboundInspectors } from './inbound-inspectors';
import { type InboundMatch, inboundMatches, type InboundReading } from './inbound-matches';
import { meshTlsSocket } from './mesh-tls';
import { ORIGINAL_DESTINATION } from './inspectors';
import { tcpProxyTo } from './tcp-proxy';
import { wildcardAddress } from './wildcard-address';

/** The port that all captured connections arrive at. */
const INBOUND_PORT = 15006;
const LISTENER = 'envoy.config.listener.v3.Listener';

interface InboundContext {
  readonly model: MeshModel;
  readonly proxy: Proxy;
  readonly tls: WorkloadTls;
}

/** The listeners of a sidecar for its workload's ports: one that takes all captured connections, and those that bind a port. */
export function inboundListeners(model: MeshModel, proxy: Proxy): readonly XdsResource[] {
  const context = { model, proxy, tls: model.peerAuthentications.ofWorkload(proxy.namespace, proxy.labels) };
  const ports = inboundPorts(model, proxy);
  const bound = ports.filter(({ bindsToPort }) => bindsToPort).map((port) => boundListener(port, context));
  if (proxy.metadata.INTERCEPTION_MODE === 'NONE') return bound;
  const captured = ports.filter(({ bindsToPort }) => !bindsToPort);
  return [virtualInbound(captured, context), ...bound];
}

function virtualInbound(ports: readonly InboundPort[], context: InboundContext): XdsResource {
  const chains = [
    blackHoleChain,
    ...passthroughChains(ports, context),
    ...ports.flatMap((port) => portChains(port, context)),
  ];
  const address = { socketAddress: { address: wildcardAddress(context.proxy), portValue: INBOUND_PORT } };
  return inboundListener('virtualInbound', address, chains, [ORIGINAL_DESTINATION, ...inboundInspectors(chains)]);
}

function boundListener(port: InboundPort, context: InboundContext): XdsResource {
  const chains = portChains(port, context);
  const bind = port.bind ?? wildcardAddress(context.proxy);
  const address = { socketAddress: { address: bind, portValue: port.targetPort } };
  return inboundListener(`${bind}_${port.targetPort}`, address, chains, inboundInspectors(chains));
}

function inboundListener(
  name: string,
  address: Listener['address'],
  filterChains: readonly FilterChain[],
  listenerFilters: Listener['listenerFilters'],
): XdsResource {
  return resource(LISTENER, name, {
    name,
    address,
    filterChains,
    listenerFilters,
    listenerFiltersTimeout: '0s',
    continueOnListenerFiltersTimeout: true,
    trafficDirection: 'INBOUND',
    maxConnectionsToAcceptPerSocketEvent: 1,
  });
}

/** Connections to the listener's own port would come back to it for ever. */
const blackHoleChain: FilterChain = {
  name: 'virtualInbound-blackhole',
  filterChainMatch: { destinationPort: INBOUND_PORT },
  filters: [tcpProxyTo(BLACK_HOLE_CLUSTER)],
};

/** Connections to ports that no service has; a port with a TLS mode of its own gets chains of its own. */
function passthroughChains(ports: readonly InboundPort[], context: InboundContext): readonly FilterChain[] {
  const known = new Set(ports.map(({ targetPort }) => targetPort));
  const own = [...context.tls.ports].filter(([port]) => !known.has(port));
  return [[0, context.tls.mode] as const, ...own].flatMap(([port, mode]) =>
    inboundMatches(mode, 'either').map((match) => ({
      ...chainOf(match, { ...passthroughDestination, targetPort: port }, context),
      name: match.http ? 'virtualInbound-catchall-http' : 'virtualInbound',
    })),
  );
}

const passthroughDestination: InboundDestination = {
  cluster: INBOUND_PASSTHROUGH_CLUSTER,
  statPrefix: `${INBOUND_PASSTHROUGH_CLUSTER};`,
  hostname: '',
  servicePort: 0,
  targetPort: 0,
  protocol: 'Unsupported',
};

function portChains(port: InboundPort, context: InboundContext): readonly FilterChain[] {
  const name = `${port.bind ?? wildcardAddress(context.proxy)}_${port.targetPort}`;
  const destination: InboundDestination = {
    ...port,
    cluster: inboundClusterName(port.targetPort),
    statPrefix: `inbound_${name};`,
  };
  const matches = inboundMatches(modeOfPort(context.tls, port.targetPort), readingOf(port.protocol));
  return matches.map((match) => ({ ...chainOf(match, destination, context), name }));
}

function readingOf(protocol: Protocol): InboundReading {
  if (isHttp(protocol)) return 'http';
  return protocol === 'Unsupported' ? 'either' : 'tcp';
}

function chainOf(match: InboundMatch, destination: InboundDestination, { model, proxy }: InboundContext): FilterChain {
  const { transportProtocol, applicationProtocols, http, endsTls } = match;
  return {
    filterChainMatch: {
      destinationPort: destination.targetPort > 0 ? destination.targetPort : undefined,
      transportProtocol,
      applicationProtocols,
    },
    filters: http ? inboundHttp(destination, model, proxy) : inboundTcp(destination, model, proxy),
    transportSocket: endsTls ? meshTlsSocket(model, http) : undefined,
  };
}
