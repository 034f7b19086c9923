import { MESH_GATEWAY, type MeshModel, portOf, type Proxy } from '../../model';
import type { Route } from '../../proto';
import { parseOutboundClusterName } from '../names';
import { virtualServiceRoutes } from '../route/virtual-service-routes';
import { findService } from '../visible-services';
import { resource, type XdsResource } from '../xds-resource';

/**
 * The routes of a proxyless client to one service and port (`outbound|port||host`): those of the VirtualServices of the mesh
 * that name the host, else straight to it. The listener is the service's own, so whatever authority a call has is meant.
 */
export function grpcRoutes(model: MeshModel, proxy: Proxy, name: string): XdsResource | undefined {
  const key = parseOutboundClusterName(name);
  const service = key && findService(model, proxy, key.hostname);
  if (!service || !portOf(service, key.port)) return undefined;
  const { hostname, port } = key;
  const routes = serviceRoutes(model, proxy, hostname, port);
  return resource('envoy.config.route.v3.RouteConfiguration', name, {
    name,
    virtualHosts: [{ name: `${hostname}:${port}`, domains: ['*'], routes }],
  });
}

function serviceRoutes(model: MeshModel, proxy: Proxy, hostname: string, port: number): readonly Route[] {
  const [first] = model.virtualServices.forMeshHost(hostname, proxy.namespace).filter(({ http }) => http.length > 0);
  const ruled = first
    ? virtualServiceRoutes(first, { model, proxy, listenPort: port, gateway: MESH_GATEWAY, scheme: 'http' }).filter(
        isUsable,
      )
    : [];
  if (ruled.length > 0) return ruled;
  return [
    {
      match: { prefix: '/' },
      route: { cluster: `outbound|${port}||${hostname}`, maxStreamDuration: { maxStreamDuration: '0s' } },
    },
  ];
}

/** gRPC clients only forward: redirects and direct responses make no sense to them. */
function isUsable({ route }: Route): boolean {
  return route !== undefined;
}
