import { ManualClock } from '../../../kernel';
import { KubeApiError } from '../../../kube';
import type { KubeObject, ResourceKind } from '../../../kube/schema';
import { annotations, type Manifest } from '../../api';
import type { ChangePlan } from '../../plan';
import { checkConflicts, type DryRunClient } from './check-conflicts';

const kind: ResourceKind = { group: '', version: 'v1', kind: 'Service', plural: 'services', namespaced: true };

function service(cluster: string, name: string, more: Partial<Manifest> = {}): Manifest {
  const metadata = { name, namespace: 'shop', annotations: { [annotations.cluster]: cluster } };
  return { apiVersion: 'v1', kind: 'Service', metadata, ...more };
}

function planOf(manifests: readonly Manifest[], held: readonly string[] = []): ChangePlan {
  const names = [...new Set(manifests.map(({ metadata }) => metadata.annotations![annotations.cluster]!))];
  const clusters = names.map((cluster) => ({
    cluster,
    state: held.includes(cluster) ? ('held' as const) : ('ready' as const),
    changes: manifests
      .filter(({ metadata }) => metadata.annotations![annotations.cluster] === cluster)
      .map(({ apiVersion, kind: of, metadata: { name, namespace } }) => ({
        op: 'create' as const,
        object: { apiVersion, kind: of, name, ...(namespace === undefined ? {} : { namespace }) },
        diff: [],
      })),
  }));
  const blastRadius = { hosts: [], vips: [], basis: 'even' as const, stages: [] };
  return { kind: 'Plan', digest: '', intent: [], clusters, groups: [], findings: [], blastRadius };
}

function refused(statusCode: number | undefined, message: string): KubeApiError {
  const subject = { cluster: 'c', verb: 'applying', kind: 'Service' };
  const reason = statusCode === undefined ? 'Unreachable' : 'Whatever';
  return new KubeApiError({ subject, reason, message, ...(statusCode === undefined ? {} : { statusCode }) });
}

/** A cluster that answers each object by its name; what it was asked about is written down. */
class PlayedCluster implements DryRunClient {
  readonly asked: string[] = [];
  underWay = 0;
  mostUnderWay = 0;

  constructor(private readonly answer: (name: string) => Promise<void> | undefined) {}

  kindOf(): Promise<ResourceKind> {
    return Promise.resolve(kind);
  }

  async apply<T extends KubeObject>(_kind: ResourceKind, object: KubeObject): Promise<T> {
    this.asked.push(object.metadata.name);
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    await Promise.resolve();
    this.underWay -= 1;
    await this.answer(object.metadata.name);
    return object as T;
  }
}

function says(errors: Readonly<Record<string, KubeApiError>>): PlayedCluster {
  return new PlayedCluster((name) => (errors[name] === undefined ? undefined : Promise.reject(errors[name])));
}

async function ask(manifests: readonly Manifest[], client: DryRunClient, clock = new ManualClock()) {
  const reach = () => Promise.resolve({ client, by: 'context c' });
  const { clusters } = await checkConflicts(planOf(manifests), manifests, reach, clock);
  return clusters[0]!;
}

const three = ['a', 'b', 'c'].map((name) => service('one', name));

describe('checkConflicts', () => {
  it('tells RBAC, which is about who asks, from an admission webhook, which is about the object', async () => {
    const answer = await ask(
      three,
      says({
        a: refused(403, 'services "a" is forbidden: User "ana" cannot patch resource "services" in API group ""'),
        b: refused(403, 'admission webhook "policy.example" denied the request: no selector'),
      }),
    );
    expect(answer.checkedWith).toBe('context c');
    expect(answer.notChecked).toMatch(/^1 of 3 objects: .*cannot patch resource/);
    expect(answer.conflicts?.map(({ object, message }) => [object.name, message])).toEqual([
      ['b', expect.stringContaining('no selector')],
    ]);
  });

  it('takes a webhook that takes no dry runs for nothing known, and a missing namespace for none of its business', async () => {
    const sideEffects = 'admission webhook "x" does not support dry run';
    const answer = await ask(
      three,
      says({ a: refused(400, sideEffects), b: refused(404, 'namespaces "shop" not found') }),
    );
    expect(answer.conflicts).toBeUndefined();
    expect(answer.notChecked).toMatch(/^1 of 3 objects: .*does not support dry run/);
  });

  it.each([
    ['does not answer', undefined],
    ['does not know who asks', 401],
    ['is overloaded', 429],
    ['is broken', 503],
  ])('asks a cluster no further that %s', async (_why, statusCode) => {
    const many = Array.from({ length: 100 }, (_, index) => service('one', `s${index}`));
    const cluster = new PlayedCluster(() => Promise.reject(refused(statusCode, 'no')));
    const answer = await ask(many, cluster);
    expect(answer).not.toHaveProperty('checkedWith');
    expect(answer).not.toHaveProperty('conflicts');
    expect(answer.notChecked).toMatch(/failed: no$/);
    expect(cluster.asked.length).toBeLessThanOrEqual(8);
  });

  it('asks about some objects at once, never about Namespaces, and about no more than are good for a server', async () => {
    const namespace: Manifest = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', annotations: { [annotations.cluster]: 'one' } },
    };
    const many = Array.from({ length: 600 }, (_, index) => service('one', `s${index}`));
    const cluster = says({});
    const answer = await ask([namespace, ...many], cluster);
    expect(cluster.asked).toHaveLength(500);
    expect(cluster.asked).not.toContain('shop');
    expect(cluster.mostUnderWay).toBe(8);
    expect(answer.notChecked).toBe('100 of 600 objects: asking about all of them would take too long');
  });

  it('stops when a slow cluster has had its time', async () => {
    const clock = new ManualClock();
    const many = Array.from({ length: 100 }, (_, index) => service('one', `s${index}`));
    const cluster = new PlayedCluster(() => clock.advance(5000));
    const answer = await ask(many, cluster, clock);
    expect(answer.checkedWith).toBe('context c');
    expect(answer.notChecked).toMatch(/^\d+ of 100 objects: asking about all of them would take too long$/);
  });

  it('asks no held cluster', async () => {
    const reach = jest.fn(() => Promise.resolve('nobody'));
    const manifests = [service('one', 'a'), service('two', 'a')];
    const { clusters } = await checkConflicts(planOf(manifests, ['one']), manifests, reach);
    expect(reach.mock.calls).toEqual([['two']]);
    expect(clusters.map(({ cluster, notChecked }) => [cluster, notChecked])).toEqual([
      ['one', undefined],
      ['two', 'nobody'],
    ]);
  });
});
