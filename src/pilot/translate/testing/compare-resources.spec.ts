import type { Cluster, ClusterLoadAssignment, LbEndpoint } from '../../proto';
import { compareAnswers } from './compare-resources';

type Answers = Record<'cds' | 'eds', Record<string, unknown>[]>;

const endpoint = (address: string, loadBalancingWeight = 1): LbEndpoint => ({
  endpoint: { address: { socketAddress: { address, portValue: 80 } } },
  loadBalancingWeight,
});
const one: Cluster = { name: 'one', connectTimeout: '10s', metadata: {} };
const two: Cluster = { name: 'two', type: 'EDS' };
const east = { locality: { region: 'east' }, lbEndpoints: [endpoint('10.0.0.1'), endpoint('10.0.0.2')] };
const west = { locality: { region: 'west' }, lbEndpoints: [endpoint('10.0.0.3')], priority: 1 };

function answers(cds: readonly Cluster[], endpoints: ClusterLoadAssignment['endpoints'] = [east, west]): Answers {
  return { cds: cds.map((cluster) => ({ ...cluster })), eds: [{ clusterName: 'two', endpoints }] };
}

const recorded = answers([one, two]);

function paths(ours: Partial<Answers>): readonly string[] {
  return compareAnswers(recorded, ours).map(({ path }) => path);
}

describe('compareAnswers', () => {
  it('finds nothing where order alone differs', () => {
    const turned = { ...east, lbEndpoints: [...east.lbEndpoints].reverse() };
    expect(paths(answers([two, one], [west, turned]))).toEqual([]);
  });

  it.each<readonly [string, Partial<Answers>, string]>([
    ['a changed field', answers([{ ...one, connectTimeout: '1s' }, two]), 'cds/one/connectTimeout'],
    ['a missing field', answers([one, { name: 'two' }]), 'cds/two/type'],
    ['a field too much', answers([one, { ...two, lbPolicy: 'RANDOM' }]), 'cds/two/lbPolicy'],
    ['a missing resource', answers([one]), 'cds/two'],
    ['a resource too much', answers([one, two, { name: 'three' }]), 'cds/three'],
    ['a missing type', { cds: recorded.cds }, 'eds/two'],
    ['a weight', answers([one, two], [{ ...east, loadBalancingWeight: 2 }, west]), 'eds/two/endpoints/'],
    ['a priority', answers([one, two], [east, { ...west, priority: 2 }]), 'eds/two/endpoints/'],
    ['an endpoint too few', answers([one, two], [{ ...east, lbEndpoints: [endpoint('10.0.0.1')] }, west]), 'eds/two/'],
    [
      "an endpoint's weight",
      answers([one, two], [east, { ...west, lbEndpoints: [endpoint('10.0.0.3', 2)] }]),
      'eds/two/',
    ],
  ])('finds %s', (_what, ours, path) => {
    const found = paths(ours);
    expect(found.length).toBeGreaterThan(0);
    for (const each of found) expect(each.startsWith(path)).toBe(true);
  });
});
