import type { MeshModel, Proxy } from '../../model';
import type { FilterChain, Listener } from '../../proto';
import { BLACK_HOLE_CLUSTER, PASSTHROUGH_CLUSTER } from '../names';
import { sidecarScope } from '../sidecar/sidecar-scope';
import { resource, type XdsResource } from '../xds-resource';
import { inboundListeners } from './inbound-listeners';
import { outboundListeners } from './outbound-listeners';
import { tcpProxyTo } from './tcp-proxy';
import { wildcardAddress } from './wildcard-address';

const OUTBOUND_PORT = 15001;

/** The listeners of a sidecar: one per outbound address and port, and the two that captured connections arrive at. */
export function sidecarListeners(model: MeshModel, proxy: Proxy): readonly XdsResource[] {
  const captured = proxy.metadata.INTERCEPTION_MODE !== 'NONE';
  return [
    ...outboundListeners(model, proxy),
    ...(captured ? [virtualOutbound(model, proxy)] : []),
    ...inboundListeners(model, proxy),
  ];
}

/** Where all outbound connections arrive: handed on to the listener of their original address, else let through or dropped. */
function virtualOutbound(model: MeshModel, proxy: Proxy): XdsResource {
  const { outboundTrafficPolicy } = sidecarScope(model, proxy);
  const elsewhere = outboundTrafficPolicy === 'REGISTRY_ONLY' ? BLACK_HOLE_CLUSTER : PASSTHROUGH_CLUSTER;
  const chains: readonly FilterChain[] = [
    {
      name: 'virtualOutbound-blackhole',
      filterChainMatch: { destinationPort: OUTBOUND_PORT },
      filters: [tcpProxyTo(BLACK_HOLE_CLUSTER)],
    },
    { name: 'virtualOutbound-catchall-tcp', filters: [tcpProxyTo(elsewhere)] },
  ];
  const body: Listener = {
    name: 'virtualOutbound',
    address: { socketAddress: { address: wildcardAddress(proxy), portValue: OUTBOUND_PORT } },
    filterChains: chains,
    useOriginalDst: true,
    trafficDirection: 'OUTBOUND',
    maxConnectionsToAcceptPerSocketEvent: 1,
  };
  return resource('envoy.config.listener.v3.Listener', 'virtualOutbound', body);
}
