import type { Manifest } from '../../federation/api';
import type { AccessPointPort } from '../access-point';
import { exportToOf } from './export-to';
import { gatewayNames } from './gateway';
import { serviceHosts } from './hosts';
import { ISTIO_NETWORKING, manifest } from './manifest';
import { primaryName } from './names';
import { routeKindOf, type RouteKind, sortedPorts } from './ports';
import type { RenderContext } from './render-context';

/** Routes every port of the gateways to the same port of the access point's own service. */
export function renderVirtualService(context: RenderContext): Manifest {
  const { spec, accessPoint } = context;
  const routes: Record<RouteKind, unknown[]> = { http: [], tls: [], tcp: [] };
  for (const port of sortedPorts(spec.ports)) routes[routeKindOf(port)].push(routeOf(context, port));
  const present = Object.entries(routes).filter(([, entries]) => entries.length > 0);
  return manifest(context, {
    apiVersion: ISTIO_NETWORKING,
    kind: 'VirtualService',
    name: primaryName(accessPoint.metadata.name),
    spec: {
      hosts: spec.hosts,
      gateways: gatewayNames(context),
      ...Object.fromEntries(present),
      exportTo: exportToOf(context, 'virtualService'),
    },
  });
}

function routeOf(context: RenderContext, port: AccessPointPort): unknown {
  const destination = { host: serviceHosts(context)[0], port: { number: port.number } };
  const match = { port: port.number };
  switch (routeKindOf(port)) {
    case 'http':
      return { name: port.name, match: [match], route: [{ destination }] };
    case 'tls':
      return { match: [{ ...match, sniHosts: context.spec.hosts }], route: [{ destination }] };
    case 'tcp':
      return { match: [match], route: [{ destination }] };
  }
}
