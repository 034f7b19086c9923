import fc from 'fast-check';
import { annotations, type Manifest } from '../api';
import { diffObjects } from './diff-objects';
import { type FleetStates, planChange } from './plan-change';

function manifest(cluster: string, name: string, spec: unknown, kind = 'ServiceEntry'): Manifest {
  const owner = `AccessPoint/shop/${name}`;
  return {
    apiVersion: 'networking.istio.io/v1',
    kind,
    metadata: { name, namespace: 'shop', annotations: { [annotations.cluster]: cluster, [annotations.owner]: owner } },
    spec,
  };
}

function plan(before: readonly Manifest[], after: readonly Manifest[], more: Partial<FleetStates> = {}) {
  return planChange({ before, after, held: new Map(), ...more }).change;
}

const spec = fc.record({
  hosts: fc.array(fc.domain(), { maxLength: 2 }),
  ports: fc.uniqueArray(fc.record({ number: fc.nat({ max: 9 }), name: fc.string() }), {
    selector: ({ number }) => number,
    maxLength: 3,
  }),
});
const fleet = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y'), spec), {
    selector: ([cluster, name]) => `${cluster}/${name}`,
    maxLength: 6,
  })
  .map((rows) => rows.map(([cluster, name, content]) => manifest(cluster, name, content)));

describe('planChange', () => {
  it('has nothing to do when nothing differs, and a digest that says so', () => {
    fc.assert(
      fc.property(fleet, fleet, (one, other) => {
        expect(plan(one, [...one].reverse())).toMatchObject({ clusters: [], groups: [] });
        expect(plan(one, [...one].reverse()).digest).toBe(plan(other, other).digest);
      }),
    );
  });

  it('changes its digest when and only when what would be applied changes', () => {
    fc.assert(
      fc.property(fleet, fleet, fleet, (base, left, right) => {
        const same =
          JSON.stringify(plan(base, left).clusters) === JSON.stringify(plan(base, right).clusters) &&
          JSON.stringify(left) === JSON.stringify(right);
        if (same) expect(plan(base, left).digest).toBe(plan(base, right).digest);
        const changed = left.map((one) => ({ ...one, metadata: { ...one.metadata, labels: { touched: 'yes' } } }));
        if (left.length > 0) expect(plan(base, changed).digest).not.toBe(plan(base, left).digest);
      }),
    );
  });

  it('puts every changed cluster into exactly one group', () => {
    fc.assert(
      fc.property(fleet, fleet, (before, after) => {
        const { clusters, groups } = plan(before, after);
        const grouped = groups.flatMap((group) => group.clusters);
        expect([...grouped].sort()).toEqual(clusters.map(({ cluster }) => cluster));
      }),
    );
  });

  it('groups clusters for which the same happens, largest group first', () => {
    const before = ['a', 'b', 'c'].map((cluster) => manifest(cluster, 'x', { hosts: ['x.example'], weight: 1 }));
    const after = ['a', 'b', 'c'].map((cluster) =>
      manifest(cluster, 'x', { hosts: ['x.example'], weight: cluster === 'b' ? 3 : 2 }),
    );
    expect(plan(before, after).groups.map(({ clusters }) => clusters)).toEqual([['a', 'c'], ['b']]);
  });

  it('holds what cannot be reached', () => {
    const after = [manifest('a', 'x', { hosts: ['x.example'] }), manifest('b', 'x', { hosts: ['x.example'] })];
    const { clusters } = plan([], after, { held: new Map([['b', 'unreachable since 10:42']]) });
    expect(clusters.map(({ cluster, state, reason }) => [cluster, state, reason])).toEqual([
      ['a', 'ready', undefined],
      ['b', 'held', 'unreachable since 10:42'],
    ]);
  });
});

describe('diffObjects', () => {
  it('names list items by what they are keyed by, and odd keys in quotes', () => {
    const from = {
      ports: [
        { name: 'http', number: 80 },
        { name: 'grpc', number: 90 },
      ],
      labels: { 'a/b': 'x' },
    };
    const to = { ports: [{ name: 'http', number: 81 }], labels: { 'a/b': 'y' } };
    expect(diffObjects(from, to)).toEqual([
      { path: 'labels["a/b"]', from: 'x', to: 'y' },
      { path: 'ports[http].number', from: 80, to: 81 },
      { path: 'ports[grpc]', from: { name: 'grpc', number: 90 } },
    ]);
  });

  it('sees a change of order', () => {
    expect(diffObjects([{ name: 'a' }, { name: 'b' }], [{ name: 'b' }, { name: 'a' }])).toEqual([
      { path: '', from: ['a', 'b'], to: ['b', 'a'] },
    ]);
  });

  it('is empty exactly for equal values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        expect(diffObjects(left, left)).toEqual([]);
        const equal = JSON.stringify(left) === JSON.stringify(right);
        if (!equal && typeof left !== 'object') expect(diffObjects(left, right).length).toBeGreaterThan(0);
      }),
    );
  });
});
