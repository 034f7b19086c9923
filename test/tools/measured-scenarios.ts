import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parseObjects } from '../../src/cli/read-objects';
import { parseZoneName } from '../../src/kernel';
import type { KubeObject } from '../../src/kube/schema';
import type { MeshModel, Proxy } from '../../src/pilot/model';
import {
  assignmentOf,
  gatewayProxy,
  grpcProxy,
  modelOf,
  parseScenario,
  type ScenarioOptions,
  simulate,
  simulatedFleet,
  type SimulationInput,
  zoneView,
} from '../../src/simulate';

/** A scenario that is simulated and then measured with a real client of one zone. */
export interface MeasuredScenario {
  readonly name: string;
  readonly options: ScenarioOptions;
  readonly locality?: Readonly<Record<string, unknown>>;
  /** Of the access point. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Zone of the client. */
  readonly from: string;
}

/** The ten; each runs as an access point of its own, on a host and a port of its own. */
export const measuredScenarios: readonly MeasuredScenario[] = [
  { name: 'all is well', options: {}, from: 'east/east-1' },
  { name: 'every zone has a part', options: {}, locality: { localPercent: 80, remote: 'All' }, from: 'east/east-1' },
  { name: 'half of the local pods dead', options: { unhealthy: ['east/east-1=50'] }, from: 'east/east-1' },
  { name: 'all local pods dead', options: { unhealthy: ['east/east-1=100'] }, from: 'east/east-1' },
  {
    name: 'the nearest zone lost',
    options: { lose: ['east/east-2'] },
    locality: { localPercent: 70 },
    from: 'east/east-1',
  },
  {
    name: 'one of the others lost, every zone has a part',
    options: { lose: ['west/west-1'] },
    locality: { localPercent: 60, remote: 'All' },
    from: 'east/east-1',
  },
  { name: 'the own zone drained', options: { drain: ['east/east-1'] }, from: 'east/east-1' },
  {
    name: 'another zone drained',
    options: { drain: ['east/east-1'] },
    locality: { localPercent: 75 },
    from: 'east/east-2',
  },
  { name: 'a gateway without locality', options: { noLocality: ['east/east-1'] }, from: 'east/east-1' },
  {
    name: 'istiod: half of the local pods dead',
    options: { primary: 'istiod', unhealthy: ['east/east-1=50'] },
    locality: { localPercent: 60, remote: 'All' },
    from: 'east/east-1',
  },
  {
    name: 'istiod: all local pods dead, every zone has a part',
    options: { primary: 'istiod', unhealthy: ['east/east-1=100'] },
    locality: { localPercent: 60, remote: 'All' },
    from: 'east/east-1',
  },
  {
    name: 'three quarters of the local pods dead, every zone has a part',
    options: { unhealthy: ['east/east-1=75'] },
    locality: { localPercent: 60, remote: 'All' },
    from: 'east/east-1',
  },
  {
    name: 'half of the local pods dead, and the nearest zone declares that it can take a fifth',
    options: { unhealthy: ['east/east-1=50'] },
    annotations: {
      'federation.flotilla.dev/capacity': '{"east/east-1": 1200, "east/east-2": 1210, "west/west-1": 5000}',
      'federation.flotilla.dev/demand': '{"east/east-1": 1000, "east/east-2": 1000, "west/west-1": 1000}',
    },
    from: 'east/east-1',
  },
];

/** What a real client needs: the translation for it, the servers that are to listen, and what the simulator says will happen. */
export interface MeasuredWorld {
  readonly host: string;
  readonly port: number;
  readonly model: MeshModel;
  readonly proxy: Proxy;
  readonly clusterName: string;
  /** What the client is sent for this cluster, when it is another primary's. */
  readonly assignment: NonNullable<ReturnType<typeof assignmentOf>>;
  /** Addresses that answer, with their zone. */
  readonly servers: ReadonlyMap<string, string>;
  /** Zone → fraction. */
  readonly expected: Readonly<Record<string, number>>;
}

const FIRST_PORT = 20_100;
const nowMs = Date.UTC(2026, 0, 1);
const fleetFile = join(__dirname, '..', '..', 'src', 'cli', 'testdata', 'plan-fleet.yaml');

function fleetObjects({ locality = {}, annotations = {} }: MeasuredScenario, index: number): readonly KubeObject[] {
  const fleet = parseObjects(readFileSync(fleetFile, 'utf8'), fleetFile).map(({ object }) => object);
  return fleet.flatMap((object): readonly KubeObject[] => {
    if (object.kind !== 'AccessPoint') return [object];
    if (object.metadata.name !== 'checkout') return [];
    const spec = object.spec as Record<string, unknown>;
    const zones = ['east/east-1', 'east/east-2', 'west/west-1'];
    const clusters = zones.map((zone, place) => ({
      cluster: `${zone.split('/')[1]}-apps`,
      zone,
      vip: `127.${60 + index}.${place}.1`,
    }));
    return [
      {
        ...object,
        metadata: { ...object.metadata, annotations },
        spec: {
          ...spec,
          hosts: [`scenario-${index}.shop.example.com`],
          ports: [{ name: 'traffic', number: FIRST_PORT + index, protocol: 'HTTP' }],
          runtime: { locality },
        },
        status: { clusters },
      },
    ];
  });
}

/** Builds the world of one scenario for a real Envoy (`router`) or a real gRPC client. */
export function measuredWorld(scenario: MeasuredScenario, index: number, client: 'envoy' | 'grpc'): MeasuredWorld {
  const input: SimulationInput = {
    objects: fleetObjects(scenario, index),
    scenario: parseScenario(scenario.options),
    nowMs,
    podAddress: (zone, _accessPoint, pod) => `127.${60 + index}.${100 + zone}.${pod + 1}`,
  };
  const fleet = simulatedFleet(input);
  const view = zoneView(parseZoneName(scenario.from), fleet);
  const [mesh] = fleet.hub.meshes;
  const [accessPoint] = fleet.hub.accessPoints;
  const model = modelOf(view, mesh);
  const proxy =
    client === 'envoy' ? gatewayProxy(accessPoint!, view, mesh, input.scenario) : grpcProxy(accessPoint!, view);
  const host = `scenario-${index}.shop.example.com`;
  const port = FIRST_PORT + index;
  const clusterName = `outbound|${port}||${host}`;
  const assignment = assignmentOf({ model, proxy, clusterName, primary: view.primary })!;
  const [simulated] = simulate(input).hosts;
  const expected = (client === 'envoy' ? simulated!.shares : simulated!.grpcShares)[scenario.from]!;
  const endpoints = (assignment.endpoints ?? []).flatMap(({ locality, lbEndpoints = [] }) =>
    lbEndpoints.map(({ endpoint }) => ({
      address: endpoint?.address?.socketAddress?.address ?? '',
      zone: `${locality?.region ?? ''}/${locality?.zone ?? ''}`,
    })),
  );
  const alive = endpoints.filter(({ address }) => !view.dead.has(address));
  const servers = new Map(alive.map(({ address, zone }) => [address, zone]));
  return { host, port, model, proxy, clusterName, assignment, servers, expected };
}

/** Zones whose count is farther than four standard deviations from what was expected. */
export function deviations(
  counts: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>>,
): readonly string[] {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const zones = [...new Set([...Object.keys(counts), ...Object.keys(expected)])].sort();
  return zones.flatMap((zone) => {
    const share = expected[zone] ?? 0;
    const bound = 4 * Math.sqrt(total * share * (1 - share));
    const count = counts[zone] ?? 0;
    return Math.abs(count - total * share) <= bound + 0.5 ? [] : [`${zone}: ${count} of ${total}, expected ${share}`];
  });
}
