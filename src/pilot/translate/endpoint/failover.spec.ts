import fc from 'fast-check';
import { type Endpoint, parseProxy, type Proxy } from '../../model';
import { failoverByLabels, failoverByRegion } from './failover';
import { groupByLocality, type LocalityGroup, localityKey } from './locality-group';

function endpoint(locality: string, labels: Readonly<Record<string, string>> = {}, network?: string): Endpoint {
  const [region = '', zone = '', subzone] = locality.split('/');
  return {
    address: '10.0.0.1',
    port: 80,
    locality: { region, zone, ...(subzone ? { subzone } : {}) },
    weight: 1,
    labels,
    cluster: 'east-1',
    ...(network ? { network } : {}),
    tlsMode: 'disabled',
    health: 'UNKNOWN',
    namespace: 'shop',
    workload: '',
  };
}

function priorities(groups: readonly LocalityGroup[]): readonly string[] {
  return groups.map(({ locality, priority = 0 }) => `${localityKey(locality)} ${priority}`);
}

const from = { region: 'east', zone: 'east-1', subzone: 'rack-1' };

describe('failoverByRegion', () => {
  it('orders by distance and leaves no gap', () => {
    const groups = groupByLocality(
      ['east/east-1/rack-1', 'east/east-1/rack-2', 'east/east-2', 'west/west-1', 'north/north-1'].map((locality) =>
        endpoint(locality),
      ),
    );
    expect(priorities(failoverByRegion(groups, from, []))).toEqual([
      'east/east-1/rack-1 0',
      'east/east-1/rack-2 1',
      'east/east-2/ 2',
      'north/north-1/ 3',
      'west/west-1/ 3',
    ]);
    expect(priorities(failoverByRegion(groups, from, [{ from: 'east', to: 'west' }]))).toEqual([
      'east/east-1/rack-1 0',
      'east/east-1/rack-2 1',
      'east/east-2/ 2',
      'north/north-1/ 4',
      'west/west-1/ 3',
    ]);
  });

  it('starts at 0 wherever endpoints are', () => {
    expect(priorities(failoverByRegion(groupByLocality([endpoint('west/west-1')]), from, []))).toEqual([
      'west/west-1/ 0',
    ]);
  });

  it('numbers priorities 0, 1, 2, … whatever is there', () => {
    const locality = fc.constantFrom('east/east-1/rack-1', 'east/east-1', 'east/east-2', 'west/west-1', 'north/n');
    fc.assert(
      fc.property(fc.array(locality, { minLength: 1 }), (places) => {
        const groups = failoverByRegion(groupByLocality(places.map((place) => endpoint(place))), from, []);
        const used = [...new Set(groups.map(({ priority = 0 }) => priority))].sort((left, right) => left - right);
        expect(used).toEqual(used.map((_, index) => index));
      }),
    );
  });
});

describe('failoverByLabels', () => {
  function proxy(labels: Readonly<Record<string, string>>): Proxy {
    return parseProxy({
      id: 'router~10.0.0.9~a.shop~shop.svc.cluster.local',
      metadata: { LABELS: labels, NETWORK: 'one', CLUSTER_ID: 'east-1' },
      locality: { region: 'east', zone: 'east-1' },
    });
  }

  it('counts labels in common from the first on', () => {
    const groups = groupByLocality([
      endpoint('east/east-1', { version: 'v1' }),
      endpoint('east/east-1', { version: 'v2' }),
      endpoint('west/west-1', { version: 'v1' }),
    ]);
    const arranged = failoverByLabels(groups, proxy({ version: 'v1' }), ['topology.kubernetes.io/region', 'version']);
    expect(priorities(arranged)).toEqual(['east/east-1/ 0', 'east/east-1/ 1', 'west/west-1/ 2']);
  });

  it('wants the value that a key names, instead of the proxy having it', () => {
    const groups = groupByLocality([
      endpoint('east/east-1', { version: 'v1' }),
      endpoint('east/east-1', { version: 'v2' }),
    ]);
    const arranged = failoverByLabels(groups, proxy({ version: 'v1' }), ['version=v2']);
    expect(arranged.map(({ endpoints, priority }) => [endpoints[0]?.labels.version, priority])).toEqual([
      ['v2', 0],
      ['v1', 1],
    ]);
  });

  it('puts another network behind everything, but orders within it', () => {
    const groups = groupByLocality([
      endpoint('east/east-1', {}, 'two'),
      endpoint('east/east-2', {}, 'two'),
      endpoint('east/east-2', {}, 'one'),
    ]);
    const keys = ['topology.istio.io/network', 'topology.kubernetes.io/zone'];
    expect(priorities(failoverByLabels(groups, proxy({}), keys))).toEqual([
      'east/east-2/ 0',
      'east/east-1/ 1',
      'east/east-2/ 2',
    ]);
  });
});
