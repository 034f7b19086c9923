import type { KubeObject } from '../../src/kube/schema';
import type { ContractWorld } from './contract-world';
import { bind } from './objects-contract';

/** What controllers do: garbage collection and the end of namespaces. */
export function lifecycleContract(world: () => ContractWorld): void {
  const owned = (name: string, owner: KubeObject, block = true): KubeObject => {
    const { apiVersion, kind, metadata } = owner;
    const reference = { apiVersion, kind, name: metadata.name, uid: metadata.uid, blockOwnerDeletion: block };
    return world().config(name, {}, { ownerReferences: [reference] });
  };
  const create = async (object: KubeObject): Promise<KubeObject> =>
    (await world().client.post(world().core('configmaps'), object)).json;

  it('collects dependents in the background', async () => {
    const { client, core, config } = bind(world());
    const owner = await create(config('background-owner'));
    const middle = await create(owned('background-middle', owner));
    await create(owned('background-leaf', middle));
    await client.delete(core('configmaps', 'background-owner'));
    await world().gone(core('configmaps', 'background-leaf'));
    await world().gone(core('configmaps', 'background-middle'));
  });

  it('keeps what has another owner, without the one that went', async () => {
    const { client, core, config } = bind(world());
    const [first, second] = [await create(config('first-owner')), await create(config('second-owner'))];
    const both = owned('both', first);
    const references = [
      ...(both.metadata.ownerReferences ?? []),
      ...(owned('x', second).metadata.ownerReferences ?? []),
    ];
    await create({ ...both, metadata: { ...both.metadata, ownerReferences: references } });
    await client.delete(core('configmaps', 'first-owner'));
    await world().eventually(async () => {
      const { json } = await client.get(core('configmaps', 'both'));
      return json.metadata.ownerReferences?.length === 1 && json.metadata.ownerReferences[0]?.name === 'second-owner';
    });
  });

  it('deletes in the foreground: the owner stays until its dependents are gone', async () => {
    const { client, core, config } = bind(world());
    const owner = await create(config('foreground-owner'));
    const held = owned('foreground-held', owner);
    await create({ ...held, metadata: { ...held.metadata, finalizers: ['example.com/hold'] } });
    const { json } = await client.delete(core('configmaps', 'foreground-owner'), { propagationPolicy: 'Foreground' });
    expect(json.metadata.finalizers).toEqual(['foregroundDeletion']);
    await world().eventually(
      async () =>
        (await client.get(core('configmaps', 'foreground-held'))).json.metadata.deletionTimestamp !== undefined,
    );
    expect((await client.get(core('configmaps', 'foreground-owner'))).status).toBe(200);
    await client.patch(core('configmaps', 'foreground-held'), 'merge', { metadata: { finalizers: null } });
    await world().gone(core('configmaps', 'foreground-owner'));
  });

  it('orphans dependents', async () => {
    const { client, core, config } = bind(world());
    const owner = await create(config('orphan-owner'));
    await create(owned('orphan', owner));
    await client.delete(core('configmaps', 'orphan-owner'), { propagationPolicy: 'Orphan' });
    await world().gone(core('configmaps', 'orphan-owner'));
    const { json } = await client.get(core('configmaps', 'orphan'));
    expect(json.metadata.ownerReferences ?? []).toEqual([]);
  });

  it('collects what names an owner that is not there', async () => {
    const { core, config } = bind(world());
    await create(
      owned('dangling', {
        ...config('never'),
        metadata: { name: 'never', uid: '11111111-2222-3333-4444-555555555555' },
      }),
    );
    await world().gone(core('configmaps', 'dangling'));
  });

  it('empties a namespace that is deleted, and lets nothing new in', async () => {
    const { client } = world();
    const name = `${world().namespace}-leaving`;
    const path = `/api/v1/namespaces/${name}`;
    await world().makeNamespace(name);
    await client.post(`${path}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'plain' } });
    await client.post(`${path}/configmaps`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'held', finalizers: ['example.com/hold'] },
    });
    const { json } = await client.delete(path);
    expect(json).toMatchObject({ metadata: { name }, status: { phase: 'Terminating' } });
    await world().gone(`${path}/configmaps/plain`);
    const late = await client.post(`${path}/configmaps`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'late' },
    });
    expect(late.json).toMatchObject({ code: 403, details: { causes: [{ reason: 'NamespaceTerminating' }] } });
    expect(late.json.message).toContain(`because it is being terminated`);
    await client.patch(`${path}/configmaps/held`, 'merge', { metadata: { finalizers: null } });
    await world().gone(path);
  });
}
