import type { KubeObject, StructuralSchema } from '../../src/kube/schema';
import type { ContractWorld } from './contract-world';
import type { Received } from './wire-client';

const GROUP = 'versions.example.com';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const text: StructuralSchema = { type: 'string' };
const ports: StructuralSchema = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name'],
  items: { type: 'object', required: ['name'], properties: { name: text, number: { type: 'integer' } } },
};
const schemaOf = (fields: Readonly<Record<string, StructuralSchema>>): object => ({
  openAPIV3Schema: {
    type: 'object',
    properties: { spec: { type: 'object', properties: { shared: text, ports, ...fields } } },
  },
});

/** `v1` is stored; each version has a field that the other does not know, and conversion changes nothing but the name. */
const definition = {
  ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
  metadata: { name: `molds.${GROUP}` },
  spec: {
    ...{ group: GROUP, scope: 'Namespaced', names: { plural: 'molds', kind: 'Mold' } },
    conversion: { strategy: 'None' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: schemaOf({ first: text }) },
      { name: 'v2', served: true, storage: false, schema: schemaOf({ second: { type: 'string', default: 'given' } }) },
    ],
  },
};

/** A kind in two versions, and server-side apply where versions and schemas meet. */
export function versionsContract(world: () => ContractWorld): void {
  const path = (version: string, name: string): string =>
    `/apis/${GROUP}/${version}/namespaces/${world().namespace}/molds/${name}`;
  const apply = (version: string, name: string, manager: string, spec: object, query = ''): Promise<Received> =>
    world().client.apply(
      path(version, name),
      manager,
      { apiVersion: `${GROUP}/${version}`, kind: 'Mold', metadata: { name, namespace: world().namespace }, spec },
      query,
    );
  const read = async (version: string, name: string): Promise<Received['json']> =>
    (await world().client.get(path(version, name))).json;
  /** Who owns which fields of the spec, in which version. */
  const owners = ({ metadata }: KubeObject): unknown =>
    Object.fromEntries(
      (
        (metadata.managedFields ?? []) as { manager: string; apiVersion: string; fieldsV1: Record<string, unknown> }[]
      ).map(({ manager, apiVersion, fieldsV1 }) => [
        `${manager} ${apiVersion.split('/')[1] ?? ''}`,
        fieldsV1['f:spec'],
      ]),
    );

  beforeAll(async () => {
    expect((await world().client.post(DEFINITIONS, definition)).status).toBe(201);
    for (const version of ['v1', 'v2'])
      await world().eventually(
        async () => (await world().client.get(`/apis/${GROUP}/${version}/molds`)).status === 200,
      );
  }, 60_000);

  it('reads in one version what was applied in the other, without what that does not know', async () => {
    await apply('v1', 'across', 'ann', { shared: 'a', first: 'x', ports: [{ name: 'http', number: 80 }] });
    expect(await read('v2', 'across')).toMatchObject({
      apiVersion: `${GROUP}/v2`,
    });
    // What the stored version does not know is never kept, a default neither.
    expect((await read('v2', 'across')).spec).toEqual({ shared: 'a', ports: [{ name: 'http', number: 80 }] });
    const { json } = await apply('v2', 'across', 'bob', { ports: [{ name: 'dns', number: 53 }] });
    expect(json.spec).toMatchObject({ shared: 'a' });
    expect(json.spec).not.toHaveProperty('second');
    expect((await read('v1', 'across')).spec).not.toHaveProperty('second');
  });

  it('keeps to the version in which a manager applied, and removes what it applies no more', async () => {
    await apply('v1', 'moving', 'ann', { shared: 'a', ports: [{ name: 'http' }, { name: 'admin' }] });
    await apply('v2', 'moving', 'bob', { ports: [{ name: 'http', number: 80 }] });
    expect(owners(await read('v1', 'moving'))).toEqual({
      'ann v1': { 'f:shared': {}, 'f:ports': expect.any(Object) as unknown },
      'bob v2': { 'f:ports': { 'k:{"name":"http"}': { '.': {}, 'f:name': {}, 'f:number': {} } } },
    });
    const { json } = await apply('v2', 'moving', 'ann', { ports: [{ name: 'admin', number: 9 }] });
    expect(json.spec.shared).toBeUndefined();
    expect(json.spec.ports).toEqual([
      { name: 'http', number: 80 },
      { name: 'admin', number: 9 },
    ]);
  });

  it('finds conflicts across versions', async () => {
    await apply('v1', 'contested', 'ann', { shared: 'a' });
    const { json } = await apply('v2', 'contested', 'bob', { shared: 'b' });
    expect(json).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(json.message).toBe('Apply failed with 1 conflict: conflict with "ann": .spec.shared');
    expect((await apply('v2', 'contested', 'bob', { shared: 'b' }, '&force=true')).status).toBe(200);
    expect((await read('v1', 'contested')).spec).toMatchObject({ shared: 'b' });
  });

  it.each(['Strict', 'Warn', 'Ignore'])(
    'takes no apply of fields that the schema does not know (%s)',
    async (validation) => {
      const spec = { shared: 'a', unknown: 1 };
      const { json } = await apply('v1', 'unknown', 'ann', spec, `&fieldValidation=${validation}`);
      expect([json.code, json.message]).toEqual([
        500,
        `failed to create typed patch object (${world().namespace}/unknown; ${GROUP}/v1, Kind=Mold): .spec.unknown: field not declared in schema`,
      ]);
      expect((await world().client.get(path('v1', 'unknown'))).status).toBe(404);
    },
  );

  it('drops unknown fields of other writes, and nobody owns them', async () => {
    const { client } = world();
    await apply('v1', 'pruned', 'ann', { shared: 'a' });
    const patched = await client.patch(`${path('v1', 'pruned')}?fieldManager=bob`, 'merge', {
      spec: { unknown: 1, ports: [{ name: 'http', odd: true }] },
    });
    expect(patched.json.spec).toEqual({ shared: 'a', ports: [{ name: 'http' }] });
    expect(owners(patched.json)).toEqual({
      'ann v1': { 'f:shared': {} },
      'bob v1': { 'f:ports': { '.': {}, 'k:{"name":"http"}': { '.': {}, 'f:name': {} } } },
    });
    const again = await apply('v1', 'pruned', 'ann', { first: 'x' });
    expect(again.json.spec).toEqual({ first: 'x', ports: [{ name: 'http' }] });
  });
}
