import type { PlacedCluster } from '../../accesspoint';
import { parseZoneName } from '../../kernel';
import { rolloutStrategy } from '../api';
import { type BlastRadius, blastRadiusOf } from './blast-radius';
import type { OwnerState } from './owner-state';
import { type TrafficFacts, trafficExposure } from './traffic-exposure';

function cluster(name: string, zone: string, role: PlacedCluster['role'] = 'Workload'): PlacedCluster {
  return { name, zone: parseZoneName(zone), role, holdsBackend: role === 'Workload' };
}

/** Two zones of one region with two workload clusters in the first, and a zone far away. */
const fleet = [
  cluster('e1-gw', 'east/e1', 'Gateway'),
  cluster('e1-a', 'east/e1'),
  cluster('e1-b', 'east/e1'),
  cluster('e2-gw', 'east/e2', 'Gateway'),
  cluster('e2-a', 'east/e2'),
  cluster('w1-gw', 'west/w1', 'Gateway'),
  cluster('w1-a', 'west/w1'),
];

function facts(more: Partial<TrafficFacts> = {}): TrafficFacts {
  return { clusters: fleet, rows: [], bundles: [], drained: new Set(), failoverOrder: [], ...more };
}

function shares(more: Partial<TrafficFacts> = {}): Record<string, string> {
  const { exposures } = trafficExposure(facts(more));
  const percent = (share: number): number => Math.round(share * 100);
  return Object.fromEntries(
    exposures.map(({ cluster: name, sent, served }) => [name, `${percent(sent)} ${percent(served)}`]),
  );
}

type Row = TrafficFacts['rows'][number];

function measured(zone: string, parts: Readonly<Record<string, number>>): Row {
  const members = Object.entries(parts).map(([to, observedPercent]) => ({
    ...{ zone: to, address: 'a', healthy: true },
    observedPercent,
  }));
  return { cluster: `${zone.split('/')[1]!}-gw`, zone, members };
}

const endpoints: Row[] = [
  { cluster: 'e1-gw', zone: 'east/e1', readyEndpoints: 6 },
  { cluster: 'e2-gw', zone: 'east/e2', readyEndpoints: 3 },
  { cluster: 'w1-gw', zone: 'west/w1', readyEndpoints: 1 },
];

describe('the share of traffic that passes a cluster', () => {
  it('is an even part of the zones where nothing is known, shared by the workload clusters of a zone', () => {
    expect(shares()).toMatchObject({
      'e1-gw': '33 0',
      'e1-a': '0 17',
      'e1-b': '0 17',
      'e2-gw': '33 0',
      'e2-a': '0 33',
    });
    expect(trafficExposure(facts()).basis).toBe('even');
  });

  it('follows ready endpoints, unless a zone counts none', () => {
    expect(shares({ rows: endpoints })).toMatchObject({
      'e1-gw': '60 0',
      'e1-a': '0 30',
      'w1-gw': '10 0',
      'w1-a': '0 10',
    });
    expect(trafficExposure(facts({ rows: endpoints })).basis).toBe('endpoints');
    expect(trafficExposure(facts({ rows: endpoints.slice(1) })).basis).toBe('even');
  });

  it('lands where it was seen to land', () => {
    const rows = [
      measured('east/e1', { 'east/e1': 0, 'east/e2': 100 }),
      measured('east/e2', { 'east/e2': 99, 'east/e1': 1 }),
      measured('west/w1', { 'west/w1': 100 }),
    ];
    expect(shares({ rows: [...rows, ...endpoints] })).toMatchObject({
      'e1-gw': '60 0',
      'e1-a': '0 0',
      'e2-a': '0 90',
      'w1-a': '0 10',
    });
    expect(trafficExposure(facts({ rows })).basis).toBe('measured');
  });

  it('is a guess as long as one zone measures nothing; that zone is taken to serve itself', () => {
    const rows = [measured('east/e1', { 'east/e2': 100 })];
    expect(trafficExposure(facts({ rows })).basis).toBe('even');
    expect(trafficExposure(facts({ rows: [...rows, ...endpoints] })).basis).toBe('endpoints');
    expect(shares({ rows })).toMatchObject({ 'e1-a': '0 0', 'e2-a': '0 67', 'w1-a': '0 33' });
  });

  it('counts once what two clusters of a zone report of the same clients', () => {
    const rows = [
      measured('east/e1', { 'east/e1': 50, 'east/e2': 50 }),
      measured('east/e1', { 'east/e1': 50, 'east/e2': 50 }),
    ];
    expect(shares({ rows })).toMatchObject({ 'e1-a': '0 8', 'e2-a': '0 50' });
  });

  it('goes past a drained zone to the nearest that serves; its gateways still see its clients', () => {
    expect(shares({ drained: new Set(['east/e1']) })).toMatchObject({ 'e1-gw': '33 0', 'e1-a': '0 0', 'e2-a': '0 67' });
    const both = new Set(['east/e1', 'east/e2']);
    expect(shares({ drained: both })).toMatchObject({ 'e2-a': '0 0', 'w1-a': '0 100' });
    const all = new Set([...both, 'west/w1']);
    expect(shares({ drained: all })).toEqual(shares());
  });

  it('leaves a zone without backend for the nearest one with', () => {
    const clusters = fleet.filter(({ name }) => name !== 'e2-a');
    expect(shares({ clusters })).toMatchObject({ 'e2-gw': '33 0', 'e1-a': '0 33', 'e1-b': '0 33', 'w1-a': '0 33' });
  });
});

function owner(name: string, more: Partial<OwnerState> & { readonly strategy?: OwnerState['strategy'] }): OwnerState {
  return {
    ...{ key: name, namespace: 'shop', released: new Map(), facts: {}, findings: [], vips: [] },
    target: { digest: 'd', snapshot: { clusters: fleet } as never },
    render: () => [],
    strategy: rolloutStrategy.parse({}),
    hosts: [`${name}.example`],
    traffic: trafficExposure(facts()),
    ...more,
  };
}

function radius(
  owners: readonly OwnerState[],
  names = fleet.map(({ name }) => name),
  held: readonly string[] = [],
): BlastRadius {
  const clusters = fleet.map(({ name }) => ({
    cluster: name,
    state: held.includes(name) ? ('held' as const) : ('ready' as const),
    changes: [],
  }));
  return blastRadiusOf(
    owners.map((one) => ({ owner: one, clusters: new Set(names) })),
    clusters,
    new Map(),
  );
}

function stages(...args: Parameters<typeof radius>): string[] {
  return radius(...args).stages.map(
    ({ name, clusters, worst }) => `${name}: ${clusters.join(' ')} ${Math.round(worst * 100)}`,
  );
}

function staged(...rows: readonly Record<string, unknown>[]): OwnerState['strategy'] {
  return rolloutStrategy.parse({ stages: rows });
}

describe('what each stage can hurt', () => {
  it('is the whole zone where both of its workload clusters change at once, and half of it one by one', () => {
    const both = staged(
      { name: 'both', clusters: ['e1-a', 'e1-b'], maxConcurrency: 2 },
      { name: 'all', maxConcurrency: 100 },
    );
    expect(stages([owner('one', { strategy: both })])).toEqual([
      'both: e1-a e1-b 33',
      'all: e1-gw e2-a e2-gw w1-a w1-gw 100',
    ]);
    const single = staged({ name: 'both', clusters: ['e1-a', 'e1-b'] }, { name: 'all', maxConcurrency: 100 });
    expect(stages([owner('one', { strategy: single })]).slice(0, 2)).toEqual(['both: e1-a 17', 'both: e1-b 17']);
  });

  it('follows stages by count and percent, in the order of release, without what is held or does not change', () => {
    const strategy = staged(
      { name: 'two', count: 2, maxConcurrency: 2 },
      { name: 'half', percent: 50, maxConcurrency: 4 },
      { name: 'last', maxConcurrency: 9 },
    );
    expect(stages([owner('one', { strategy })])).toEqual([
      'two: e1-a e1-b 33',
      'half: e1-gw e2-a e2-gw w1-a 100',
      'last: w1-gw 33',
    ]);
    expect(stages([owner('one', { strategy })], ['e1-a', 'e2-a', 'w1-gw'], ['e1-a'])).toEqual([
      'half: e2-a 33',
      'last: w1-gw 33',
    ]);
  });

  it('is told per host, and the worst of them, where several owners change beside one another', () => {
    const strategy = staged({ name: 'all', maxConcurrency: 100 });
    const far = trafficExposure(
      facts({ rows: ['east/e1', 'east/e2', 'west/w1'].map((zone) => measured(zone, { 'west/w1': 100 })) }),
    );
    const owners = [owner('one', { strategy }), owner('two', { strategy, traffic: far })];
    const { stages: told, basis } = radius(owners, ['e1-a', 'e1-b']);
    expect(told).toEqual([
      { name: 'all', clusters: ['e1-a', 'e1-b'], traffic: { 'one.example': 0.3333, 'two.example': 0 }, worst: 0.3333 },
    ]);
    expect(basis).toBe('even');
  });
});
