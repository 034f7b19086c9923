import type { MeshModel, Proxy } from '../../model';
import { grpcRoutes } from '../grpc/grpc-routes';
import type { XdsResource } from '../xds-resource';
import { gatewayRoutes } from './gateway-routes';
import { sidecarRoutes } from './sidecar-routes';

/** The route configurations of these names, in their order; a name that the proxy's listeners do not use gives nothing. */
export function translateRoutes(model: MeshModel, proxy: Proxy, names: readonly string[]): readonly XdsResource[] {
  return [...new Set(names)].map((name) => routesNamed(model, proxy, name)).filter((routes) => routes !== undefined);
}

function routesNamed(model: MeshModel, proxy: Proxy, name: string): XdsResource | undefined {
  if (proxy.generator === 'grpc') return grpcRoutes(model, proxy, name);
  return proxy.type === 'router' ? gatewayRoutes(model, proxy, name) : sidecarRoutes(model, proxy, name);
}
