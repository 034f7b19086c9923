import {
  hostWithin,
  isHttp,
  isWildcard,
  MESH_GATEWAY,
  type MeshModel,
  type MeshService,
  mostSpecificMatch,
  portOf,
  type Proxy,
  type ResolvedVirtualService,
} from '../../model';
import type { Route } from '../../proto';
import { outboundClusterName } from '../names';
import { findTarget } from '../outbound-target';
import type { EgressListener } from '../sidecar/sidecar-scope';
import { hashPolicyOf } from './hash-policy';
import { retryPolicy } from './retry-policy';
import { operation, virtualServiceRoutes } from './virtual-service-routes';

/** One virtual host before its domains are settled. */
export interface HostRoutes {
  readonly hostname: string;
  /** Absent for a host that only a VirtualService knows. */
  readonly service: MeshService | undefined;
  readonly routes: readonly Route[];
}

/** Where hosts are gathered. */
interface Gathering {
  readonly model: MeshModel;
  readonly proxy: Proxy;
  readonly port: number;
  readonly services: ReadonlyMap<string, MeshService>;
}

/** Names that are no service are routed on this port. */
const HTTP_PORT = 80;

/** The hosts of an egress listener on a port: those that VirtualServices route, the first one each, then all other services. */
export function sidecarHosts(
  model: MeshModel,
  proxy: Proxy,
  listener: EgressListener,
  port: number,
): readonly HostRoutes[] {
  const services = listener.services.filter((service) => servesHttp(service, port));
  const gathering = { model, proxy, port, services: new Map(services.map((service) => [service.hostname, service])) };
  const routed = routedHosts(listener.virtualServices, gathering);
  const plain = services
    .filter(({ hostname, resolution }) => !routed.has(hostname) && resolution !== 'Alias')
    .map((service): HostRoutes => ({
      hostname: service.hostname,
      service,
      routes: [defaultRoute(service, gathering)],
    }));
  return [...routed.values(), ...plain];
}

function servesHttp(service: MeshService, number: number): boolean {
  const port = portOf(service, number);
  return port !== undefined && (isHttp(port.protocol) || port.protocol === 'Unsupported');
}

function routedHosts(
  virtualServices: readonly ResolvedVirtualService[],
  gathering: Gathering,
): ReadonlyMap<string, HostRoutes> {
  const { model, proxy, port, services } = gathering;
  const allHosts = new Map(virtualServices.flatMap(({ hosts }) => hosts.map((host): [string, string] => [host, host])));
  const routed = new Map<string, HostRoutes>();
  for (const virtualService of virtualServices) {
    const hosts = hostsOnPort(virtualService.hosts, allHosts, gathering).filter((host) => !routed.has(host));
    if (virtualService.http.length === 0 || hosts.length === 0) continue;
    const routes = virtualServiceRoutes(virtualService, {
      model,
      proxy,
      listenPort: port,
      gateway: MESH_GATEWAY,
      scheme: 'http',
    });
    if (routes.length === 0) continue;
    for (const hostname of hosts) routed.set(hostname, { hostname, service: services.get(hostname), routes });
  }
  return routed;
}

/**
 * The hosts of a VirtualService on the port: services that it names, a wildcard those for which it is the narrowest. Names
 * that are no service come along with a service, and by themselves on port 80.
 */
function hostsOnPort(
  hosts: readonly string[],
  allHosts: ReadonlyMap<string, string>,
  { services, port }: Gathering,
): readonly string[] {
  const named: string[] = [];
  const unknown: string[] = [];
  for (const host of hosts) {
    const covered = isWildcard(host)
      ? [...services.keys()].filter((hostname) => hostWithin(hostname, host))
      : services.has(host)
        ? [host]
        : [];
    if (covered.length === 0) unknown.push(host);
    named.push(...covered.filter((hostname) => mostSpecificMatch(allHosts, hostname) === host));
  }
  return named.length > 0 || port === HTTP_PORT ? [...named, ...unknown] : [];
}

function defaultRoute({ hostname }: MeshService, { model, proxy, port }: Gathering): Route {
  const cluster = outboundClusterName(hostname, port);
  const hashPolicy = hashPolicyOf(findTarget(model, proxy, cluster));
  const match = { prefix: '/' };
  const route = {
    cluster,
    timeout: '0s',
    retryPolicy: retryPolicy(undefined, false),
    hashPolicy: hashPolicy ? [hashPolicy] : undefined,
    maxGrpcTimeout: '0s',
  };
  return { name: 'default', match, route, decorator: { operation: operation(match, { route }, hostname, port) } };
}
