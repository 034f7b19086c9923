import fc from 'fast-check';
import { ResourceTable } from './resource-table';
import { storeObject, type StoredObject } from './stored-object';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const NAMESPACES = ['', 'one', 'one-more', 'two'];

const write = fc.record({
  namespace: fc.constantFrom(...NAMESPACES),
  name: fc.constantFrom(...NAMES),
  deletes: fc.boolean(),
});

function stored(namespace: string, name: string, revision: number): StoredObject {
  const object = { apiVersion: 'v1', kind: 'Thing', metadata: { name, namespace } };
  return storeObject({ resource: 'things', namespace, name }, revision, object);
}

const revisions = (objects: readonly StoredObject[]): readonly number[] => objects.map(({ revision }) => revision);

describe('ResourceTable', () => {
  it('lists any range as it was at any revision', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 40 }), (writes) => {
        const table = new ResourceTable('things', 0, { maxEvents: 1_000, maxBytes: 1_000_000 });
        const snapshots: (readonly StoredObject[])[] = [[]];
        for (const { namespace, name, deletes } of writes) {
          const revision = snapshots.length;
          const object = stored(namespace, name, revision);
          const previous = table.get(object.path);
          if (previous === undefined) table.apply({ type: 'ADDED', revision, object });
          else table.apply({ type: deletes ? 'DELETED' : 'MODIFIED', revision, object, previous });
          snapshots.push(table.list().objects);
        }
        for (const [revision, snapshot] of snapshots.entries()) {
          expect(revisions(table.listAt(revision, {}).objects)).toEqual(revisions(snapshot));
          const inside = snapshot.filter(({ key }) => key.namespace === 'one');
          const page = table.listAt(revision, { namespace: 'one', limit: 2 });
          const rest = table.listAt(revision, { namespace: 'one', after: page.objects.at(-1)?.path ?? '' });
          expect(revisions([...page.objects, ...rest.objects])).toEqual(revisions(inside));
          expect(page.remaining).toBe(rest.objects.length);
        }
      }),
    );
  });
});
