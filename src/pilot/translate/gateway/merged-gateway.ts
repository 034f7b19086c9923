import type { Gateway, GatewayServer } from '../../../istio';
import { compareText, isHttp, type MeshModel, parseProtocol, type Proxy } from '../../model';
import { listenPorts } from './listen-ports';

/** One server of a Gateway as a proxy opens it. */
export interface MergedServer {
  readonly server: GatewayServer;
  readonly gateway: Gateway;
  /** `namespace/name` of the Gateway, the name that VirtualServices bind to. */
  readonly gatewayName: string;
  /** Hosts with their namespace: `*`, or the only namespace whose VirtualServices may use the host. */
  readonly hosts: readonly ServerHost[];
}

/** One host of a server. */
export interface ServerHost {
  readonly namespace: string;
  readonly host: string;
}

/** One listener: the servers of all Gateways that share a port and address. */
export interface MergedListener {
  readonly port: number;
  readonly bind: string;
  /** Plain HTTP servers share one route configuration; everything else is told apart by server name. */
  readonly kind: 'http' | 'tcp' | 'tls';
  readonly servers: readonly MergedServer[];
}

/** All that a gateway proxy opens. */
export interface MergedGateway {
  readonly listeners: readonly MergedListener[];
  /** Servers by the name of the route configuration that they share. */
  readonly serversByRoute: ReadonlyMap<string, readonly MergedServer[]>;
}

/** Whether a server ends TLS itself (a redirect alone is plain HTTP). */
export function terminatesTls(server: GatewayServer): boolean {
  return usesTls(server) && !passesTlsThrough(server);
}

/** Whether a server forwards TLS unopened; so it does when its settings name no mode (Istio's ServerTLSSettings.TLSmode begins with PASSTHROUGH). */
export function passesTlsThrough({ tls }: GatewayServer): boolean {
  if (tls === undefined || tls.httpsRedirect === true) return false;
  const mode = tls.mode ?? 'PASSTHROUGH';
  return mode === 'PASSTHROUGH' || mode === 'AUTO_PASSTHROUGH';
}

/** Whether a server's listener looks at TLS at all. */
export function usesTls({ tls }: GatewayServer): boolean {
  return tls !== undefined && tls.httpsRedirect !== true;
}

/** Whether requests of a server are routed as HTTP: plain, or after TLS was ended. */
export function routesHttp(server: GatewayServer): boolean {
  const protocol = parseProtocol(server.port.protocol);
  if (isHttp(protocol)) return true;
  return protocol === 'HTTPS' && !passesTlsThrough(server);
}

/** The name of a server's route configuration; empty for servers that do not route HTTP. */
export function routeName(server: GatewayServer, { metadata }: Gateway, listenPort: number): string {
  const bind = server.bind ? `.${server.bind}` : '';
  const protocol = parseProtocol(server.port.protocol);
  if (isHttp(protocol) && !usesTls(server)) return `http.${listenPort}${bind}`;
  if (!routesHttp(server)) return '';
  return `https.${server.port.number}.${server.port.name}.${metadata.name}.${metadata.namespace ?? ''}${bind}`;
}

/**
 * Merges the Gateways of a proxy, oldest first (Istio's rules): plain HTTP servers of one port share it; TLS servers share it
 * when their hosts differ; whatever does not fit the first server of its port is left out.
 */
export function mergeGateways(model: MeshModel, proxy: Proxy): MergedGateway {
  const known = cache.get(model)?.get(proxy);
  if (known) return known;
  const merged = merge(model, proxy);
  const ofModel = cache.get(model) ?? new WeakMap<Proxy, MergedGateway>();
  cache.set(model, ofModel.set(proxy, merged));
  return merged;
}

const cache = new WeakMap<MeshModel, WeakMap<Proxy, MergedGateway>>();

interface OpenListener {
  readonly port: number;
  readonly bind: string;
  readonly kind: MergedListener['kind'];
  readonly servers: MergedServer[];
  /** SNI hosts that are taken, each by one server only. */
  readonly tlsHosts: Set<string>;
}

function merge(model: MeshModel, proxy: Proxy): MergedGateway {
  const open = new Map<string, OpenListener>();
  const serversByRoute = new Map<string, MergedServer[]>();
  for (const gateway of model.gateways.forProxy(proxy)) {
    for (const server of gateway.spec?.servers ?? []) {
      for (const port of listenPorts(model, proxy, server.port.number)) {
        const merged = mergedServer(server, gateway);
        if (!admit(open, merged, port)) continue;
        const route = routeName(server, gateway, port);
        if (route !== '') appendTo(serversByRoute, route, merged);
      }
    }
  }
  const listeners = [...open.values()].sort(
    (left, right) => left.port - right.port || compareText(left.bind, right.bind),
  );
  return { listeners, serversByRoute };
}

function appendTo(lists: Map<string, MergedServer[]>, key: string, server: MergedServer): void {
  const list = lists.get(key);
  if (list) list.push(server);
  else lists.set(key, [server]);
}

function mergedServer(server: GatewayServer, gateway: Gateway): MergedServer {
  const { name, namespace = '' } = gateway.metadata;
  return {
    server,
    gateway,
    gatewayName: `${namespace}/${name}`,
    hosts: server.hosts.map((host) => serverHost(host, namespace)),
  };
}

function serverHost(text: string, gatewayNamespace: string): ServerHost {
  const slash = text.indexOf('/');
  if (slash < 0) return { namespace: '*', host: text };
  const namespace = text.slice(0, slash);
  return { namespace: namespace === '.' ? gatewayNamespace : namespace, host: text.slice(slash + 1) };
}

/** Puts a server on its listener; false when another one is in its way. */
function admit(open: Map<string, OpenListener>, merged: MergedServer, port: number): boolean {
  const { server } = merged;
  const bind = server.bind ?? '';
  const kind = usesTls(server) ? 'tls' : isHttp(parseProtocol(server.port.protocol)) ? 'http' : 'tcp';
  const key = `${bind}|${port}`;
  const listener = open.get(key) ?? { port, bind, kind, servers: [], tlsHosts: new Set<string>() };
  const first = listener.servers.length === 0;
  if (!first && (listener.kind !== kind || kind === 'tcp')) return false;
  if (kind === 'tls') {
    const hosts = merged.hosts.map(({ host }) => host);
    if (hosts.some((host) => listener.tlsHosts.has(host))) return false;
    for (const host of hosts) listener.tlsHosts.add(host);
  }
  listener.servers.push(merged);
  open.set(key, listener);
  return true;
}
