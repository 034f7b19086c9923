import type { AccessPoint } from '../accesspoint';
import { hubObjectsOf, renderOffline } from '../federation';
import { declaredRates, type Mesh } from '../federation/api';
import { type Finding, formatTime, type ZoneName } from '../kernel';
import { type KubeObject, namespacedName } from '../kube/schema';
import type { Proxy } from '../pilot/model';
import { arrivals, overloads } from './capacity';
import { type ClientShares, clientShares } from './client-shares';
import { failingOf, lossWarnings, rows, tableOf } from './share-table';
import { simulateNames } from './simulate-names';
import { type World, worldsOf } from './worlds';
import type { Scenario, SimulatedPrimary } from './scenario';
import { gatewayProxy, grpcProxy } from './zone-clients';
import type { SimulatedFleet } from './simulated-fleet';
import type { SimulatedHost } from './simulated-host';

/** The result, in the shape of `flotilla simulate -o json`. */
export interface Simulation {
  readonly kind: 'Simulation';
  readonly scenario: {
    /** Mixed: zones report different ones. */
    readonly primary: SimulatedPrimary | 'mixed';
    readonly lose: readonly string[];
    readonly drain: readonly string[];
    readonly unhealthy: Readonly<Record<string, number>>;
    readonly noLocality: readonly string[];
  };
  readonly hosts: readonly SimulatedHost[];
  readonly findings: readonly Finding[];
  /** Whether some zone would have to serve more than it declares it can. */
  readonly overloaded: boolean;
}

/** What is simulated. */
export interface SimulationInput {
  /** Hub objects with facts in their status; Pods annotated with their cluster, where there are some. */
  readonly objects: readonly KubeObject[];
  readonly scenario: Scenario;
  /** Decides which drains are on, in milliseconds since the epoch. */
  readonly nowMs: number;
  /** Address of an imagined pod; one of its own below fd00::/64 unless given. */
  readonly podAddress?: SimulatedFleet['podAddress'];
}

const DRAIN_MS = 3_600_000;

/**
 * Computes where requests go in a scenario, for every host and client zone: renders, lets the zone agents' own rules react, translates
 * for a gateway and a gRPC client of each zone, and applies the load balancer's arithmetic to what they would be sent. The state
 * is the settled one, after probes and outlier detection have found what is dead. Pure.
 */
export function simulate(input: SimulationInput): Simulation {
  const fleet = simulatedFleet(input);
  const { hub, scenario } = fleet;
  const worlds = worldsOf(fleet);
  const hosts = hub.accessPoints.flatMap((accessPoint) => hostsOf(accessPoint, worlds, fleet));
  const names = simulateNames(
    worlds,
    fleet,
    hosts.map(({ host }) => host),
  );
  return {
    kind: 'Simulation',
    scenario: {
      primary: primaryOf(worlds),
      lose: scenario.lose,
      drain: scenario.drain,
      unhealthy: Object.fromEntries(scenario.unhealthy),
      noLocality: scenario.noLocality,
    },
    hosts: [...hosts.map(({ host }) => host), ...names],
    findings: fleet.findings,
    overloaded: hosts.some(({ overloaded }) => overloaded),
  };
}

function primaryOf(worlds: readonly World[]): SimulatedPrimary | 'mixed' {
  const [first = 'flotilla', ...others] = new Set(worlds.map(({ view }) => view.primary));
  return others.length === 0 ? first : 'mixed';
}

/** The fleet as the scenario leaves it, before any client looks at it. */
export function simulatedFleet({
  objects,
  scenario,
  nowMs,
  podAddress = imaginedAddress,
}: SimulationInput): SimulatedFleet & { readonly findings: readonly Finding[] } {
  const drained = objects.map((object) =>
    object.kind === 'AccessPoint' ? withDrains(object, scenario, nowMs) : object,
  );
  const { manifests, findings } = renderOffline(drained, nowMs);
  const pods = objects.filter(({ kind, apiVersion }) => kind === 'Pod' && apiVersion === 'v1');
  return { hub: hubObjectsOf(drained), manifests, findings, pods, scenario, nowMs, podAddress };
}

/** Unique local addresses (RFC 4193), which no pod of the input has. */
function imaginedAddress(zone: number, accessPoint: number, pod: number): string {
  return `fd00::${zone.toString(16)}:${accessPoint.toString(16)}:${(pod + 1).toString(16)}`;
}

/** A drain of the scenario is one as people write it, for an hour, and as the hub then reports it. */
function withDrains(object: KubeObject, { drain }: Scenario, nowMs: number): KubeObject {
  if (drain.length === 0) return object;
  const spec = object.spec as { readonly runtime?: { readonly drain?: readonly { readonly zone: string }[] } };
  const kept = (spec.runtime?.drain ?? []).filter(({ zone }) => !drain.some((drained) => drained === zone));
  const until = formatTime(nowMs + DRAIN_MS);
  const drains = [...kept, ...drain.map((zone) => ({ zone, until }))];
  const { status } = object as { readonly status?: object };
  return { ...object, spec: { ...spec, runtime: { ...spec.runtime, drain: drains } }, status: { ...status, drains } };
}

interface HostResult {
  readonly host: SimulatedHost;
  readonly overloaded: boolean;
}

function hostsOf(accessPoint: AccessPoint, worlds: readonly World[], fleet: SimulatedFleet): readonly HostResult[] {
  const { spec } = accessPoint;
  if (spec === undefined) return [];
  const mesh = fleet.hub.meshes.find(({ metadata }) => metadata.name === spec.mesh);
  return spec.hosts.map((host) => {
    const clients = worlds.map((world) => ({
      zone: world.view.zone,
      ...clientsOf(accessPoint, host, world, mesh, fleet),
    }));
    const envoys = tableOf(clients.map(({ zone, envoy }) => [zone, envoy]));
    const declared = declaredRates(accessPoint);
    const over = overloadWarnings(declared, envoys);
    return {
      host: {
        host,
        accessPoint: namespacedName(accessPoint),
        shares: rows(envoys),
        grpcShares: rows(tableOf(clients.map(({ zone, grpc }) => [zone, grpc]))),
        failing: failingOf(clients.map(({ zone, envoy }) => [zone, envoy])),
        warnings: [...clients.flatMap(({ warnings }) => warnings), ...over],
      },
      overloaded: typeof declared === 'object' && over.length > 0,
    };
  });
}

interface ZoneClients {
  readonly envoy: ClientShares | undefined;
  readonly grpc: ClientShares | undefined;
  readonly warnings: readonly string[];
}

function clientsOf(
  accessPoint: AccessPoint,
  host: string,
  { view, models }: World,
  mesh: Mesh | undefined,
  { scenario }: SimulatedFleet,
): ZoneClients {
  const model = models.get(mesh?.metadata.name ?? '');
  const [port] = accessPoint.spec?.ports ?? [];
  if (model === undefined || port === undefined) return { envoy: undefined, grpc: undefined, warnings: [] };
  const clusterName = `outbound|${port.number}||${host}`;
  const ask = (proxy: Proxy): ClientShares | undefined =>
    clientShares({ model, proxy, clusterName, dead: view.dead, primary: view.primary });
  const envoy = ask(gatewayProxy(accessPoint, view, mesh, scenario));
  return {
    envoy,
    grpc: ask(grpcProxy(accessPoint, view)),
    warnings: envoy === undefined ? [] : [...localityWarnings(view.zone, scenario), ...lossWarnings(view.zone, envoy)],
  };
}

function localityWarnings(zone: ZoneName, { noLocality }: Scenario): readonly string[] {
  if (!noLocality.includes(zone)) return [];
  return [`${zone}: its gateways have no locality, so shares follow endpoint counts and not the intent (R6)`];
}

function overloadWarnings(
  declared: ReturnType<typeof declaredRates>,
  shares: ReadonlyMap<string, ReadonlyMap<string, number>>,
): readonly string[] {
  if (declared === undefined) return [];
  if (typeof declared === 'string') return [declared];
  return overloads(declared, arrivals(declared.demand, shares));
}
