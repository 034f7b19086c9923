import type { MeshModel, Proxy } from '../../model';
import { grpcRoutes } from '../grpc/grpc-routes';
import type { XdsResource } from '../xds-resource';
import { gatewayRoutes } from './gateway-routes';
import { type RoutesByName, sidecarRoutes } from './sidecar-routes';

/** The route configurations of these names, in their order; a name that the proxy's listeners do not use gives nothing. */
export function translateRoutes(model: MeshModel, proxy: Proxy, names: readonly string[]): readonly XdsResource[] {
  return [...new Set(names)].map(routesFor(model, proxy)).filter((routes) => routes !== undefined);
}

function routesFor(model: MeshModel, proxy: Proxy): RoutesByName {
  if (proxy.generator === 'grpc') return (name) => grpcRoutes(model, proxy, name);
  return proxy.type === 'router' ? (name) => gatewayRoutes(model, proxy, name) : sidecarRoutes(model, proxy);
}
