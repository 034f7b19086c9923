import type { KubeObject, OwnerReference } from '../../schema';
import { OwnerGraph } from './owner-graph';
import { dutyOf, type OwnerState, planCollection } from './plan-collection';

const owner = (uid: string): OwnerReference => ({ apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid });
const object = (owners: readonly string[], metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', ownerReferences: owners.map(owner), ...metadata },
});
const states =
  (known: Record<string, OwnerState>) =>
  (reference: OwnerReference): OwnerState =>
    known[reference.uid] ?? 'absent';

describe('planCollection', () => {
  it('keeps what nobody owns and what a living owner owns', () => {
    expect(planCollection(object([]), states({}), false)).toEqual({ kind: 'keep' });
    expect(planCollection(object(['a']), states({ a: 'present' }), false)).toEqual({ kind: 'keep' });
  });

  it('forgets owners that are gone while another lives', () => {
    const plan = planCollection(object(['a', 'b', 'c']), states({ b: 'present', c: 'waiting' }), true);
    expect(plan).toEqual({ kind: 'disown', keep: [owner('b')] });
  });

  it('deletes what lost its last owner, in the way that its deletion was begun', () => {
    expect(planCollection(object(['a']), states({}), true)).toEqual({ kind: 'delete', policy: 'Background' });
    expect(planCollection(object(['a'], { finalizers: ['orphan'] }), states({}), true)).toEqual({
      kind: 'delete',
      policy: 'Orphan',
    });
    expect(planCollection(object(['a']), states({ a: 'waiting' }), true)).toEqual({
      kind: 'delete',
      policy: 'Foreground',
    });
    expect(planCollection(object(['a']), states({ a: 'waiting' }), false)).toEqual({
      kind: 'delete',
      policy: 'Background',
    });
  });

  it('knows what an owner on its way out still waits for', () => {
    const leaving = { deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(dutyOf(object([], { finalizers: ['orphan'] }))).toBe('none');
    expect(dutyOf(object([], { ...leaving, finalizers: ['x', 'orphan'] }))).toBe('orphan-dependents');
    expect(dutyOf(object([], { ...leaving, finalizers: ['foregroundDeletion'] }))).toBe('await-dependents');
    expect(dutyOf(object([], { ...leaving, finalizers: ['x'] }))).toBe('none');
  });
});

describe('OwnerGraph', () => {
  it('follows owners as they change', () => {
    const graph = new OwnerGraph();
    const node = (uid: string, owners: readonly string[]) => ({
      key: { resource: 'x', namespace: '', name: uid },
      uid,
      ownerReferences: owners.map(owner),
    });
    graph.put(node('a', []));
    graph.put(node('b', ['a']));
    graph.put(node('c', ['a', 'b']));
    expect(graph.dependentsOf('a').map(({ uid }) => uid)).toEqual(['b', 'c']);
    graph.put(node('c', ['b']));
    expect(graph.dependentsOf('a').map(({ uid }) => uid)).toEqual(['b']);
    graph.remove('b');
    expect(graph.dependentsOf('a')).toEqual([]);
    expect(graph.dependentsOf('b').map(({ uid }) => uid)).toEqual(['c']);
  });
});
