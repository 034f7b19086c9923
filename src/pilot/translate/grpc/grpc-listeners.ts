import type { MeshModel, Proxy } from '../../model';
import { anyOf, type HttpFilter, type Listener } from '../../proto';
import { routesByName } from '../listener/http-connection-manager';
import { outboundClusterName } from '../names';
import { visibleServices } from '../visible-services';
import { resource, type XdsResource } from '../xds-resource';
import { findGrpcTarget } from './grpc-target';

const MANAGER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

/** gRPC clients want the router last, exactly once (gRFC A39); faults are what they implement beside it (A33). */
const FILTERS: readonly HttpFilter[] = [
  {
    name: 'envoy.filters.http.fault',
    typedConfig: anyOf('envoy.extensions.filters.http.fault.v3.HTTPFault', {}),
  },
  {
    name: 'envoy.filters.http.router',
    typedConfig: anyOf('envoy.extensions.filters.http.router.v3.Router', {}),
  },
];

/**
 * What a proxyless client asks for when it dials `xds:///host:port` (gRFC A27): an API listener whose routes come by RDS.
 * Without names: one for every service and port that the client sees.
 */
export function grpcListeners(model: MeshModel, proxy: Proxy, names?: readonly string[]): readonly XdsResource[] {
  const wanted = names ?? allNames(model, proxy);
  return [...new Set(wanted)].map((name) => grpcListener(model, proxy, name)).filter((found) => found !== undefined);
}

function allNames(model: MeshModel, proxy: Proxy): readonly string[] {
  return visibleServices(model, proxy).flatMap(({ hostname, ports }) => ports.map(({ port }) => `${hostname}:${port}`));
}

function grpcListener(model: MeshModel, proxy: Proxy, name: string): XdsResource | undefined {
  const target = findGrpcTarget(model, proxy, name);
  if (!target) return undefined;
  const { service, port } = target;
  const body: Listener = {
    name,
    apiListener: {
      apiListener: anyOf(MANAGER, {
        ...routesByName(outboundClusterName(service.hostname, port.port)),
        httpFilters: FILTERS,
      }),
    },
  };
  return resource('envoy.config.listener.v3.Listener', name, body);
}
