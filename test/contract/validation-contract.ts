import type { ContractWorld } from './contract-world';
import { bind } from './objects-contract';

/** Defaults, pruning, schema and CEL rules of custom kinds, and what makes a definition valid. */
export function validationContract(world: () => ContractWorld): void {
  it('warns of unknown fields in whatever script they are written, within bounds', async () => {
    const { client, widgets, widget } = bind(world());
    const strange = await client.post(`${widgets()}?fieldValidation=Warn`, widget('warned', { größe: 1, 'a\nb': 2 }));
    expect(strange.status).toBe(201);
    const names = Array.from({ length: 500 }, (_none, index) => `unknown${index}${'x'.repeat(300)}`);
    const many = await client.post(
      `${widgets()}?fieldValidation=Warn`,
      widget('warned-much', Object.fromEntries(names.map((name) => [name, 1]))),
    );
    expect(many.status).toBe(201);
    expect([many.headers.warning].flat().join('').length).toBeLessThan(6_000);
  });

  it('sets defaults when it stores and drops fields it does not know', async () => {
    const { client, widgets, widget } = bind(world());
    const body = widget('defaulted', {
      text: 'a',
      unknown: 1,
      ports: [{ name: 'http' }],
      anything: { kept: { deep: true } },
    });
    const { json, headers } = await client.post(widgets(), body);
    expect(json.spec).toEqual({
      size: 'small',
      replicas: 1,
      text: 'a',
      ports: [{ name: 'http', protocol: 'TCP' }],
      anything: { kept: { deep: true } },
    });
    expect(headers.warning).toBe('299 - "unknown field \\"spec.unknown\\""');
  });

  it('refuses unknown fields when asked to be strict, and is silent when asked to ignore them', async () => {
    const { client, widgets, widget } = bind(world());
    const strict = await client.post(`${widgets()}?fieldValidation=Strict`, widget('strict', { unknown: 1 }));
    expect(strict.json).toMatchObject({ code: 400, reason: 'BadRequest' });
    expect(strict.json.message).toContain('strict decoding error: unknown field "spec.unknown"');
    const ignored = await client.post(`${widgets()}?fieldValidation=Ignore`, widget('ignored', { unknown: 1 }));
    expect(ignored.status).toBe(201);
    expect(ignored.headers.warning).toBeUndefined();
    expect((await client.post(`${widgets()}?fieldValidation=Sometimes`, widget('x'))).status).toBeGreaterThanOrEqual(
      400,
    );
  });

  it('reports everything that is wrong at once, by field', async () => {
    const { client, widgets, widget } = bind(world());
    const { status, json } = await client.post(
      widgets(),
      widget('wrong', { size: 'medium', replicas: 99, text: 'UPPER', ports: [{ number: 1 }] }),
    );
    expect(status).toBe(422);
    expect(json).toMatchObject({
      reason: 'Invalid',
      details: { name: 'wrong', group: 'contract.example.com', kind: 'Widget' },
    });
    const causes = Object.fromEntries((json.details?.causes ?? []).map(({ field, reason }) => [field, reason]));
    expect(causes).toMatchObject({
      'spec.size': 'FieldValueNotSupported',
      'spec.replicas': 'FieldValueInvalid',
      'spec.text': 'FieldValueInvalid',
      'spec.ports[0].name': 'FieldValueRequired',
    });
    expect(json.message).toContain('spec.size: Unsupported value: "medium": supported values: "small", "large"');
  });

  it('refuses wrong types, duplicates in sets, and repeated keys in maps', async () => {
    const { client, widgets, widget } = bind(world());
    const cause = async (spec: Record<string, unknown>): Promise<unknown> => {
      const { json } = await client.post(widgets(), widget('typed', spec));
      return [json.code, json.details?.causes?.[0]?.field, json.details?.causes?.[0]?.reason];
    };
    expect(await cause({ replicas: 'two' })).toEqual([422, 'spec.replicas', 'FieldValueTypeInvalid']);
    expect(await cause({ tags: ['a', 'b', 'a'] })).toEqual([422, 'spec.tags[2]', 'FieldValueDuplicate']);
    expect(await cause({ ports: [{ name: 'a' }, { name: 'a' }] })).toEqual([
      422,
      'spec.ports[1]',
      'FieldValueDuplicate',
    ]);
    expect(await cause({ text: 'a'.repeat(21) })).toEqual([422, 'spec.text', 'FieldValueTooLong']);
    expect(await cause({ ports: Array.from({ length: 6 }, (_none, index) => ({ name: `p${index}` })) })).toEqual([
      422,
      'spec.ports',
      'FieldValueTooMany',
    ]);
    expect(await cause({ amount: true })).toEqual([422, 'spec.amount', 'FieldValueTypeInvalid']);
  });

  it('holds objects to the rules of their schema', async () => {
    const { client, widgets, widget } = bind(world());
    const { json } = await client.post(widgets(), widget('ruled', { limits: { low: 2, high: 1 } }));
    expect(json).toMatchObject({
      code: 422,
      details: {
        causes: [{ field: 'spec.limits', message: expect.stringContaining('low must not be above high') as string }],
      },
    });
    await world().stored('ruled', { limits: { low: 1, high: 2 }, owner: 'ann' });
    const changed = await client.patch(widgets('ruled'), 'merge', { spec: { owner: 'bob' } });
    expect(changed.json).toMatchObject({ code: 422, details: { causes: [{ field: 'spec.owner' }] } });
    expect(changed.json.message).toContain('owner is immutable');
  });

  it('lets nothing invalid in by any door', async () => {
    const { client, widgets } = bind(world());
    const stored = await world().stored('doors', { text: 'a' });
    const bad = { ...stored, spec: { size: 'medium' } };
    expect((await client.put(widgets('doors'), bad)).status).toBe(422);
    expect((await client.patch(widgets('doors'), 'merge', { spec: { size: 'medium' } })).status).toBe(422);
    expect(
      (await client.patch(widgets('doors'), 'json', [{ op: 'add', path: '/spec/size', value: 'medium' }])).status,
    ).toBe(422);
    const applied = {
      apiVersion: stored.apiVersion,
      kind: 'Widget',
      metadata: { name: 'doors' },
      spec: { size: 'medium' },
    };
    expect((await client.apply(widgets('doors'), 'm', applied, '&force=true')).status).toBe(422);
    expect((await client.get(widgets('doors'))).json).toEqual(stored);
  });

  it('refuses definitions that no object could obey', async () => {
    const { client } = world();
    const definition = (openAPIV3Schema: object, name = 'bads.contract.example.com'): object => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name },
      spec: {
        group: 'contract.example.com',
        scope: 'Namespaced',
        names: { plural: 'bads', kind: 'Bad' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
      },
    });
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const create = async (schema: object, name?: string): Promise<unknown> => {
      const { json } = await client.post(path, definition(schema, name));
      return [json.code, json.details?.causes?.[0]?.field];
    };
    expect(await create({ type: 'object' }, 'other.contract.example.com')).toEqual([422, 'metadata.name']);
    // The path up to the schema depends on whether all versions share it.
    const refused = async (a: object): Promise<unknown> => {
      const [code, field] = (await create({ type: 'object', properties: { a } })) as [number, string | undefined];
      return [code, field?.replace(/^.*openAPIV3Schema\./, '')];
    };
    expect(await refused({})).toEqual([422, 'properties[a].type']);
    const rule = { type: 'string', 'x-kubernetes-validations': [{ rule: 'self +' }] };
    expect(await refused(rule)).toEqual([422, 'properties[a].x-kubernetes-validations[0].rule']);
    expect(await refused({ type: 'integer', default: 'one' })).toEqual([422, 'properties[a].default']);
  });

  it('serves a kind that is installed, as it is changed, and no more when it is gone', async () => {
    const { client } = world();
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const version = (name: string, storage: boolean): object => ({
      name,
      served: true,
      storage,
      schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    });
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'gears.contract.example.com' },
      spec: {
        group: 'contract.example.com',
        scope: 'Cluster',
        names: { plural: 'gears', kind: 'Gear' },
        versions: [version('v1', true)],
      },
    };
    const created = await client.post(path, definition);
    expect(created.json.spec).toMatchObject({
      names: { singular: 'gear', listKind: 'GearList' },
      conversion: { strategy: 'None' },
    });
    await world().eventually(async () => {
      const { json } = await client.get(`${path}/gears.contract.example.com`);
      const conditions = (json.status?.conditions ?? []) as { type: string; status: string }[];
      return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
    });
    const gears = '/apis/contract.example.com/v1/gears';
    await world().eventually(
      async () =>
        (await client.post(gears, { apiVersion: 'contract.example.com/v1', kind: 'Gear', metadata: { name: 'g' } }))
          .status === 201,
    );
    await client.patch(`${path}/gears.contract.example.com`, 'merge', {
      spec: { versions: [version('v1', true), version('v2', false)] },
    });
    await world().eventually(
      async () =>
        (await client.get('/apis/contract.example.com/v2/gears/g')).json.apiVersion === 'contract.example.com/v2',
    );
    expect((await client.delete(`${path}/gears.contract.example.com`)).status).toBe(200);
    await world().gone(`${path}/gears.contract.example.com`);
    await world().gone(gears);
  });
}
