import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderOffline } from '../federation';
import type { KubeObject } from '../kube/schema';
import { offlineXds } from './offline-xds';
import { parseObjects } from './read-objects';

const folder = join(__dirname, '../accesspoint/render/testdata');
const CLUSTER = 'federation.flotilla.dev/cluster';
const PODS = 3;

/** What one of the entries of a load assignment says. */
interface LocalityEntry {
  readonly locality: { readonly region: string; readonly zone: string };
  readonly lbEndpoints?: readonly unknown[];
  readonly loadBalancingWeight?: number;
  readonly priority?: number;
}

/** A Node and ready Pods of the backend in the zone's workload cluster. */
function workloads(zone: string, index: number): readonly KubeObject[] {
  const [region = '', name = ''] = zone.split('/');
  const annotations = { [CLUSTER]: `${name}-apps` };
  const labels = { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': name };
  const pods = Array.from({ length: PODS }, (_, pod) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `checkout-${pod}`, namespace: 'shop', labels: { app: 'checkout' }, annotations },
    spec: { nodeName: 'node' },
    status: {
      phase: 'Running',
      podIP: `10.10${index}.0.${pod + 1}`,
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  }));
  return [{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node', labels, annotations } }, ...pods];
}

/** `zone: weight@priority (endpoints)` as the gateway of a zone gets it for what `render` gives for its clusters. */
function seenFrom(zone: string, index: number, input: readonly KubeObject[]): readonly string[] {
  const [region = '', name = ''] = zone.split('/');
  const ofZone = renderOffline(input, 0).manifests.filter(({ metadata }) =>
    metadata.annotations?.[CLUSTER]?.startsWith(`${name}-`),
  );
  const meshes = input.filter(({ kind }) => kind === 'Mesh');
  const { resources, findings } = offlineXds([...meshes, ...ofZone, ...workloads(zone, index)], {
    id: `router~10.10${index}.0.90~gateway.istio-prod~istio-prod.svc.cluster.local`,
    metadata: { LABELS: { istio: 'ingressgateway' }, CLUSTER_ID: `${name}-gateway` },
    locality: { region, zone: name },
  });
  expect(findings).toEqual([]);
  expect(JSON.stringify(resources.rds)).toContain('"cluster":"outbound|80||checkout.shop.example.com"');
  const assignments = JSON.parse(JSON.stringify(resources.eds)) as readonly {
    readonly clusterName: string;
    readonly endpoints: readonly LocalityEntry[];
  }[];
  const own = assignments.find(({ clusterName }) => clusterName === 'outbound|80||checkout.shop.example.com');
  return (own?.endpoints ?? []).map(
    ({ locality, lbEndpoints = [], loadBalancingWeight = 0, priority = 0 }) =>
      `${locality.region}/${locality.zone} ${loadBalancingWeight}@${priority} (${lbEndpoints.length})`,
  );
}

function objectsOf(name: string): readonly KubeObject[] {
  return parseObjects(readFileSync(join(folder, `${name}.in.yaml`), 'utf8'), name).map(({ object }) => object);
}

describe('what is rendered for an access point, as gateways get it', () => {
  const all = ['east/east-1', 'east/east-2', 'west/west-1'];

  it.each([
    ['east/east-1', ['east/east-1 95@0 (3)', 'east/east-2 3@0 (1)', 'west/west-1 2@0 (1)']],
    ['east/east-2', ['east/east-1 3@0 (1)', 'east/east-2 95@0 (3)', 'west/west-1 2@0 (1)']],
    ['west/west-1', ['east/east-1 3@0 (1)', 'east/east-2 2@0 (1)', 'west/west-1 95@0 (3)']],
  ])('shares among all zones, seen from %s', (zone, expected) => {
    expect(seenFrom(zone, all.indexOf(zone), objectsOf('remote-all'))).toEqual(expected);
  });

  it.each([
    ['east/east-1', ['east/east-1 99@0 (3)', 'west/west-1 1@2 (1)', 'west/west-2 1@1 (1)', 'west/west-3 1@0 (1)']],
    ['west/west-1', ['east/east-1 1@2 (1)', 'west/west-1 99@0 (3)', 'west/west-2 1@1 (1)', 'west/west-3 1@0 (1)']],
    ['west/west-3', ['east/east-1 1@2 (1)', 'west/west-1 1@1 (1)', 'west/west-2 1@0 (1)', 'west/west-3 99@0 (3)']],
  ])('goes to the nearest zone and falls back in order, seen from %s', (zone, expected) => {
    expect(seenFrom(zone, 0, objectsOf('failover-order'))).toEqual(expected);
  });

  it('keeps a drained zone behind all others', () => {
    const [local] = seenFrom('east/east-1', 0, objectsOf('drain-one-zone'));
    expect(local).toMatch(/^east\/east-1 \d+@[1-9]/);
  });
});
