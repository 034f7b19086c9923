import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderOffline } from '../federation';
import type { KubeObject } from '../kube/schema';
import { offlineXds } from './offline-xds';
import { parseObjects } from './read-objects';

const folder = join(__dirname, '../nameservice/render/testdata');
const CLUSTER = 'federation.flotilla.dev/cluster';
const NAME = 'outbound|80||pay.global.example.com';

interface Assignment {
  readonly clusterName: string;
  readonly endpoints?: readonly {
    readonly locality: { readonly region: string; readonly zone: string };
    readonly lbEndpoints?: readonly {
      readonly endpoint: { readonly address: { readonly socketAddress: { readonly address: string } } };
      readonly loadBalancingWeight?: number;
    }[];
    readonly loadBalancingWeight?: number;
    readonly priority?: number;
  }[];
}

interface Cluster {
  readonly name: string;
  readonly type: string;
  readonly lbPolicy?: string;
  readonly loadAssignment?: Assignment;
}

/** The name's cluster as a sidecar beside the application in one zone gets it. */
function seenFrom(zone: string, example: string): { cluster: Cluster; endpoints: string[] } {
  const input = ['fleet.yaml', `${example}.in.yaml`].flatMap((file) =>
    parseObjects(readFileSync(join(folder, file), 'utf8'), file).map(({ object }) => object),
  );
  const [region = '', name = ''] = zone.split('/');
  const ofZone = renderOffline(input, 0).manifests.filter(
    ({ metadata }) => metadata.annotations?.[CLUSTER] === `${name}-gw`,
  );
  const meshes: KubeObject[] = input.filter(({ kind }) => kind === 'Mesh');
  const { resources, findings } = offlineXds([...meshes, ...ofZone], {
    ...{ id: 'sidecar~10.9.9.9~client.shop~shop.svc.cluster.local', locality: { region, zone: name } },
    metadata: { NAMESPACE: 'shop', CLUSTER_ID: `${name}-gw` },
  });
  expect(findings).toEqual([]);
  const { cds, eds } = JSON.parse(JSON.stringify(resources)) as { cds: Cluster[]; eds: Assignment[] };
  const cluster = cds.find((candidate) => candidate.name === NAME)!;
  const assignment = cluster.loadAssignment ?? eds.find(({ clusterName }) => clusterName === NAME);
  const endpoints = (assignment?.endpoints ?? []).map(
    ({ locality, lbEndpoints = [], loadBalancingWeight, priority = 0 }) => {
      const list = lbEndpoints.map(
        ({ endpoint, loadBalancingWeight: weight = 1 }) => `${endpoint.address.socketAddress.address}*${weight}`,
      );
      return `${locality.region}/${locality.zone} ${loadBalancingWeight ?? 0}@${priority}: ${list.join(' ')}`;
    },
  );
  return { cluster, endpoints: endpoints.sort() };
}

describe('what is rendered for a name, as sidecars get it', () => {
  it('Locality keeps 99 % in the zone, proves the nearest, and has the third as its way out', () => {
    const { cluster, endpoints } = seenFrom('east/east-1', 'locality-direct');
    expect(cluster.type).toBe('EDS');
    expect(endpoints).toEqual([
      'east/east-1 99@0: 10.1.0.10*1',
      'east/east-2 1@0: 10.2.0.10*1',
      'west/west-1 1@1: 10.3.0.10*1',
    ]);
  });

  it('ViaGateway leads to the gateways instead', () => {
    expect(seenFrom('west/west-1', 'locality-via-gateway').endpoints).toEqual([
      'east/east-1 1@0: 192.0.2.1*1',
      'east/east-2 1@1: 192.0.2.2*1',
      'west/west-1 99@0: 192.0.2.3*1',
    ]);
  });

  it('Ratio tells two targets in one zone apart by endpoint weights, with round robin', () => {
    const { cluster, endpoints } = seenFrom('east/east-2', 'ratio-within-one-zone');
    expect(cluster.lbPolicy ?? 'ROUND_ROBIN').toBe('ROUND_ROBIN');
    expect(endpoints).toEqual([
      'east/east-1 40@0: 10.1.0.10*3 10.1.0.20*1',
      'east/east-2 30@0: 10.2.0.10*1',
      'west/west-1 30@0: 10.3.0.10*1',
    ]);
  });

  it('names elsewhere are resolved by Envoy, with exactly their share; a ratio of 0 is a way out only', () => {
    const { cluster, endpoints } = seenFrom('east/east-1', 'ratio-mixed');
    expect(cluster.type).toBe('STRICT_DNS');
    expect(endpoints).toEqual([
      'east/east-1 31@0: 10.1.0.10*1',
      'east/east-2 31@0: 10.2.0.10*1',
      'elsewhere/pay-partner-example-net-9fd0b00e 7@0: pay.partner.example.net*1',
      'elsewhere/spare-partner-example-net-ae60302a 1@1: spare.partner.example.net*1',
      'west/west-1 31@0: 10.3.0.10*1',
    ]);
  });
});
