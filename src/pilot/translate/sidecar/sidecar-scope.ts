import type { Sidecar, SidecarSpec } from '../../../istio';
import {
  hostsOverlap,
  isVisibleIn,
  MESH_GATEWAY,
  type MeshModel,
  type MeshService,
  portOf,
  type Proxy,
  type ResolvedVirtualService,
} from '../../model';

type EgressSpec = NonNullable<SidecarSpec['egress']>[number];

/** One egress listener of a Sidecar: what can be called through it. Without a port it stands for all other ports. */
export interface EgressListener {
  readonly port?: { readonly number: number; readonly name: string; readonly protocol: string };
  readonly bind: string;
  /** The listener binds its port itself; nothing is redirected to it. */
  readonly bindsToPort: boolean;
  readonly services: readonly MeshService[];
  readonly virtualServices: readonly ResolvedVirtualService[];
}

/** What a sidecar sees. */
export interface SidecarScope {
  readonly object?: Sidecar;
  readonly egress: readonly EgressListener[];
  /** The services of all egress listeners, and what their VirtualServices lead to: the sidecar has clusters for these. */
  readonly services: readonly MeshService[];
  readonly find: (hostname: string) => MeshService | undefined;
  readonly outboundTrafficPolicy: 'ALLOW_ANY' | 'REGISTRY_ONLY';
}

const cache = new WeakMap<MeshModel, Map<string, SidecarScope>>();

/** The scope of a sidecar: of the Sidecar object that selects it, else everything that its namespace sees. */
export function sidecarScope(model: MeshModel, proxy: Proxy): SidecarScope {
  const object = model.sidecars.forProxy(proxy);
  const key = `${proxy.namespace}|${object?.metadata.namespace ?? ''}|${object?.metadata.name ?? ''}`;
  const ofModel = cache.get(model) ?? new Map<string, SidecarScope>();
  cache.set(model, ofModel);
  const scope = ofModel.get(key) ?? buildScope(model, proxy.namespace, object);
  ofModel.set(key, scope);
  return scope;
}

function buildScope(model: MeshModel, namespace: string, object: Sidecar | undefined): SidecarScope {
  const { egress: written, outboundTrafficPolicy } = object?.spec ?? {};
  const egress = written?.length
    ? written.map((listener) => selectedListener(model, namespace, listener))
    : [wholeListener(model, namespace)];
  const services = servicesOf(model, namespace, egress);
  return {
    ...(object ? { object } : {}),
    egress,
    services: [...services.values()],
    find: (hostname) => services.get(hostname),
    outboundTrafficPolicy: outboundTrafficPolicy?.mode ?? model.mesh.outboundTrafficPolicy,
  };
}

function wholeListener(model: MeshModel, namespace: string): EgressListener {
  return {
    bind: '',
    bindsToPort: false,
    services: model.services.visibleIn(namespace),
    virtualServices: model.virtualServices.forGateway(MESH_GATEWAY, namespace),
  };
}

function selectedListener(model: MeshModel, namespace: string, spec: EgressSpec): EgressListener {
  const hosts = spec.hosts.map((text) => egressHost(text, namespace));
  const covers = (candidate: { readonly namespace: string }, hostname: string): boolean =>
    hosts.some(
      (host) => (host.namespace === '*' || host.namespace === candidate.namespace) && hostsOverlap(host.name, hostname),
    );
  const number = spec.port?.number;
  const services = selectServices(model, namespace, (service) => covers(service, service.hostname));
  return {
    ...(number === undefined
      ? {}
      : { port: { number, name: spec.port?.name ?? '', protocol: spec.port?.protocol ?? '' } }),
    bind: spec.bind ?? '',
    bindsToPort: spec.captureMode === 'NONE',
    services: number === undefined ? services : services.flatMap((service) => onlyPort(service, number)),
    virtualServices: model.virtualServices
      .forGateway(MESH_GATEWAY, namespace)
      .filter((virtualService) => virtualService.hosts.some((host) => covers(virtualService, host))),
  };
}

/** `namespace/host`; `.` is the Sidecar's own namespace, `~` none. */
function egressHost(text: string, ownNamespace: string): { readonly namespace: string; readonly name: string } {
  const slash = text.indexOf('/');
  const namespace = text.slice(0, Math.max(slash, 0));
  return { namespace: namespace === '.' ? ownNamespace : namespace, name: text.slice(slash + 1) };
}

/** Of the services that are visible and selected, the winner of each host. */
function selectServices(
  model: MeshModel,
  namespace: string,
  selects: (service: MeshService) => boolean,
): readonly MeshService[] {
  const byHost = new Map<string, MeshService[]>();
  for (const service of model.services.all) {
    if (!isVisibleIn(service.visibility, namespace) || !selects(service)) continue;
    byHost.set(service.hostname, [...(byHost.get(service.hostname) ?? []), service]);
  }
  return [...byHost.values()]
    .map((candidates) => model.services.winner(candidates, namespace))
    .filter((service) => service !== undefined);
}

function onlyPort(service: MeshService, number: number): readonly MeshService[] {
  const port = portOf(service, number);
  return port ? [{ ...service, ports: [port] }] : [];
}

function servicesOf(
  model: MeshModel,
  namespace: string,
  egress: readonly EgressListener[],
): ReadonlyMap<string, MeshService> {
  const services = new Map<string, MeshService>();
  for (const service of egress.flatMap((listener) => listener.services)) {
    const known = services.get(service.hostname);
    services.set(service.hostname, known ? withPortsOf(known, service) : service);
  }
  for (const host of egress.flatMap(({ virtualServices }) => virtualServices.flatMap(destinationHosts))) {
    const service = services.has(host) ? undefined : model.services.find(host, namespace);
    if (service) services.set(host, service);
  }
  return services;
}

/** Two egress listeners may each show some ports of one service. */
function withPortsOf(known: MeshService, other: MeshService): MeshService {
  const added = other.ports.filter(({ port }) => !portOf(known, port));
  return added.length === 0 ? known : { ...known, ports: [...known.ports, ...added] };
}

function destinationHosts({ http, tls, tcp }: ResolvedVirtualService): readonly string[] {
  return [
    ...http.flatMap(({ route = [], mirror, mirrors = [] }) => [
      ...route.map(({ destination }) => destination.host),
      ...(mirror ? [mirror.host] : []),
      ...mirrors.map(({ destination }) => destination.host),
    ]),
    ...[...tls, ...tcp].flatMap(({ route = [] }) => route.map(({ destination }) => destination.host)),
  ];
}
