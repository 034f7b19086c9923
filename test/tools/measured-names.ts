import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseObjects } from '../../src/cli/read-objects';
import { FEDERATION_API_VERSION } from '../../src/federation/api';
import { parseZoneName } from '../../src/kernel';
import type { KubeObject } from '../../src/kube/schema';
import type { MeshModel, Proxy } from '../../src/pilot/model';
import {
  assignmentOf,
  grpcProxy,
  modelOf,
  parseScenario,
  type ScenarioOptions,
  simulate,
  simulatedFleet,
  type SimulationInput,
  zoneView,
} from '../../src/simulate';

/** A scenario of a global name that is simulated, and then measured with a real gRPC client of one zone. */
export interface MeasuredName {
  readonly name: string;
  readonly options: ScenarioOptions;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly from: string;
}

/** Each is a name of its own, on a port of its own. */
export const measuredNames: readonly MeasuredName[] = [
  { name: 'Locality, all is well', options: {}, from: 'east/east-1' },
  {
    name: 'RoundRobin, one zone lost',
    options: { lose: ['west/west-1'] },
    spec: { dnsPolicy: 'RoundRobin' },
    from: 'east/east-1',
  },
  { name: 'Locality, half of the local pods dead', options: { unhealthy: ['east/east-1=50'] }, from: 'east/east-1' },
  { name: 'Locality, another zone drained', options: { drain: ['east/east-1'] }, from: 'east/east-2' },
];

/** What a real client needs, and what the simulator says that it will do. */
export interface MeasuredNameWorld {
  /** `host:port` */
  readonly target: string;
  readonly model: MeshModel;
  readonly proxy: Proxy;
  /** `address:port` → zone, of what answers. */
  readonly servers: ReadonlyMap<string, string>;
  readonly expected: Readonly<Record<string, number>>;
}

const FIRST_PORT = 20_200;
const zones = ['east/east-1', 'east/east-2', 'west/west-1'];
const fleetFile = join(__dirname, '..', '..', 'src', 'cli', 'testdata', 'plan-fleet.yaml');

/** The fleet with one access point, whose addresses lie on loopback, and the name over it. */
function objectsOf({ spec = {} }: MeasuredName, index: number): readonly KubeObject[] {
  const fleet = parseObjects(readFileSync(fleetFile, 'utf8'), fleetFile).map(({ object }) => object);
  const port = { name: 'traffic', number: FIRST_PORT + index, protocol: 'HTTP' };
  const status = {
    clusters: zones.map((zone, place) => ({
      ...{ cluster: `${zone.split('/')[1] ?? ''}-apps`, zone, vip: `127.${70 + index}.${place}.1` },
      gatewayAddress: `127.${70 + index}.${place}.2`,
    })),
  };
  const name = {
    ...{ apiVersion: FEDERATION_API_VERSION, kind: 'NameService', metadata: { name: 'pay', namespace: 'shop' } },
    spec: {
      mesh: 'prod',
      fqdn: `name-${index}.global.example`,
      targets: [{ accessPointRef: { name: 'checkout' } }],
      ...spec,
    },
  };
  const rest = fleet.flatMap((object): readonly KubeObject[] => {
    if (object.kind !== 'AccessPoint') return [object];
    if (object.metadata.name !== 'checkout') return [];
    return [{ ...object, spec: { ...(object.spec as object), ports: [port] }, status }];
  });
  return [...rest, name];
}

/** Builds the world of one scenario. */
export function measuredNameWorld(scenario: MeasuredName, index: number): MeasuredNameWorld {
  const input: SimulationInput = {
    objects: objectsOf(scenario, index),
    scenario: parseScenario(scenario.options),
    nowMs: Date.UTC(2026, 0, 1),
    podAddress: (zone, _accessPoint, pod) => `127.${70 + index}.${100 + zone}.${pod + 1}`,
  };
  const fleet = simulatedFleet(input);
  const view = zoneView(parseZoneName(scenario.from), fleet);
  const model = modelOf(view, fleet.hub.meshes[0]);
  const proxy = grpcProxy(fleet.hub.nameServices[0]!, view);
  const host = `name-${index}.global.example`;
  const port = FIRST_PORT + index;
  const assignment = assignmentOf({ model, proxy, clusterName: `outbound|${port}||${host}`, primary: 'flotilla' });
  const endpoints = (assignment?.endpoints ?? []).flatMap(({ locality, lbEndpoints = [] }) =>
    lbEndpoints.map(({ endpoint }) => {
      const { address = '', portValue = 0 } = endpoint?.address?.socketAddress ?? {};
      return { address, at: `${address}:${portValue}`, zone: `${locality?.region ?? ''}/${locality?.zone ?? ''}` };
    }),
  );
  const alive = endpoints.filter(({ address }) => !view.dead.has(address));
  const simulated = simulate(input).hosts.find((candidate) => candidate.host === host);
  return {
    ...{ target: `xds:///${host}:${port}`, model, proxy },
    servers: new Map(alive.map(({ at, zone }) => [at, zone])),
    expected: simulated?.grpcShares[scenario.from] ?? {},
  };
}
