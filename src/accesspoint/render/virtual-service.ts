import { hostCovers } from '../../istio/validation';
import type { Manifest } from '../../federation/api';
import type { AccessPointPort } from '../access-point';
import { exportToOf } from './export-to';
import { gatewayNames } from './gateway';
import { serviceHosts } from './hosts';
import { httpRoutes } from './http-routes';
import { ISTIO_NETWORKING, manifest } from './manifest';
import { primaryName } from './names';
import { tcpRoutes, tlsRoutes } from './layer4-routes';
import { routeKindOf, type RouteKind, sortedPorts } from './ports';
import type { RenderContext } from './render-context';

/** Istio's name for every sidecar and proxyless client. */
const MESH_GATEWAY = 'mesh';

/**
 * Routes every port of the gateways. Without routes of its own an access point leads each port to the same port of its service;
 * routes of its own count for callers inside the mesh as well, so that both ways in behave alike.
 */
export function renderVirtualService(context: RenderContext): Manifest {
  const { spec, accessPoint } = context;
  const host = serviceHosts(context)[0];
  const ports = (kind: RouteKind): AccessPointPort[] =>
    sortedPorts(spec.ports).filter((port) => routeKindOf(port) === kind);
  const routes = {
    http: httpRoutes(spec.http, ports('http'), host),
    tls: tlsRoutes(spec.tls, ports('tls'), host, spec.hosts),
    tcp: tcpRoutes(spec.tcp, ports('tcp'), host),
  };
  const own = [spec.http, spec.tls, spec.tcp].some((list) => list !== undefined);
  return manifest(context, {
    apiVersion: ISTIO_NETWORKING,
    kind: 'VirtualService',
    name: primaryName(accessPoint.metadata.name),
    spec: {
      hosts: widestHosts(spec.hosts),
      gateways: [...(own ? [MESH_GATEWAY] : []), ...gatewayNames(context)],
      ...Object.fromEntries(Object.entries(routes).filter(([, list]) => list.length > 0)),
      exportTo: exportToOf(context, 'virtualService'),
    },
  });
}

/** Hosts without those that a wildcard among them takes already: Istio refuses a VirtualService in which two hosts overlap. */
function widestHosts(hosts: readonly string[]): string[] {
  return hosts.filter((host) => !hosts.some((other) => other !== host && hostCovers(other, host)));
}
