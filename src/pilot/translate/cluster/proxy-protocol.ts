import type { TrafficPolicy } from '../../../istio';
import { anyOf, type Cluster, type TransportSocket } from '../../proto';
import { RAW_BUFFER } from './raw-buffer';

type Sockets = Pick<Cluster, 'transportSocket' | 'transportSocketMatches'>;

const WRAPPER = 'envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport';

/** Tells the upstream who is calling, ahead of whatever socket the cluster has (Istio's trafficPolicy.proxyProtocol). */
export function withProxyProtocol(sockets: Sockets, settings: TrafficPolicy['proxyProtocol']): Sockets {
  if (!settings) return sockets;
  const { version = 'V1' } = settings;
  const { transportSocket, transportSocketMatches } = sockets;
  if (!transportSocketMatches) return { transportSocket: wrapped(transportSocket ?? RAW_BUFFER, version) };
  return {
    transportSocketMatches: transportSocketMatches.map((match) => ({
      ...match,
      transportSocket: wrapped(match.transportSocket ?? RAW_BUFFER, version),
    })),
  };
}

function wrapped(transportSocket: TransportSocket, version: 'V1' | 'V2'): TransportSocket {
  return {
    name: 'envoy.transport_sockets.upstream_proxy_protocol',
    typedConfig: anyOf(WRAPPER, { config: version === 'V2' ? { version } : {}, transportSocket }),
  };
}
