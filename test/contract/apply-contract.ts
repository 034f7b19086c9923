import type { KubeObject } from '../../src/kube/schema';
import type { ContractWorld } from './contract-world';
import { bind } from './objects-contract';

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly fieldsV1: Readonly<Record<string, unknown>>;
}

/** Server-side apply: who owns what, and what follows from it. */
export function applyContract(world: () => ContractWorld): void {
  const apply = (name: string, manager: string, spec: Record<string, unknown>, query = '', metadata: object = {}) => {
    const { client, widgets, widget } = bind(world());
    return client.apply(widgets(name), manager, widget(name, spec, metadata), query);
  };
  const entries = ({ metadata }: KubeObject): Entry[] => (metadata.managedFields ?? []) as Entry[];
  const specOf = (entry: Entry | undefined): unknown => entry?.fieldsV1['f:spec'];

  it('makes an object and notes who applied what', async () => {
    const { status, json } = await apply('made', 'ann', { text: 'a', ports: [{ name: 'http', number: 80 }] });
    expect(status).toBe(201);
    expect(json.spec).toMatchObject({
      size: 'small',
      text: 'a',
      ports: [{ name: 'http', number: 80, protocol: 'TCP' }],
    });
    expect(entries(json)).toMatchObject([
      { manager: 'ann', operation: 'Apply', apiVersion: 'contract.example.com/v1', fieldsType: 'FieldsV1' },
    ]);
    expect(specOf(entries(json)[0])).toEqual({
      'f:text': {},
      'f:ports': { 'k:{"name":"http"}': { '.': {}, 'f:name': {}, 'f:number': {} } },
    });
  });

  it('does nothing when applied again', async () => {
    const first = await apply('again', 'ann', { text: 'a' });
    const second = await apply('again', 'ann', { text: 'a' });
    expect(second.status).toBe(200);
    expect(second.json).toEqual(first.json);
  });

  it('removes what is no longer applied, and lets others keep theirs', async () => {
    await apply('shrinking', 'ann', { text: 'a', list: ['x'], tags: ['one', 'two'] });
    await apply('shrinking', 'bob', { replicas: 5, tags: ['two', 'three'] });
    const { json } = await apply('shrinking', 'ann', { list: ['x'] });
    expect(json.spec).toEqual({ size: 'small', replicas: 5, list: ['x'], tags: ['two', 'three'] });
  });

  it('names who stands in the way, field by field, and yields to force', async () => {
    await apply('contested', 'ann', { text: 'a', replicas: 2 });
    const refused = await apply('contested', 'bob', { text: 'b', replicas: 3 });
    expect(refused.json).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(refused.json.details?.causes).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "ann"', field: '.spec.replicas' },
      { reason: 'FieldManagerConflict', message: 'conflict with "ann"', field: '.spec.text' },
    ]);
    expect(refused.json.message).toBe(
      'Apply failed with 2 conflicts: conflicts with "ann":\n- .spec.replicas\n- .spec.text',
    );
    const forced = await apply('contested', 'bob', { text: 'b' }, '&force=true');
    expect(forced.json.spec).toMatchObject({ text: 'b', replicas: 2 });
    const owners = entries(forced.json).map((entry) => [entry.manager, specOf(entry)]);
    expect(Object.fromEntries(owners)).toEqual({ ann: { 'f:replicas': {} }, bob: { 'f:text': {} } });
  });

  it('shares a field between those who agree on it', async () => {
    await apply('shared', 'ann', { text: 'a' });
    const { json } = await apply('shared', 'bob', { text: 'a' });
    expect(
      entries(json)
        .map(({ manager }) => manager)
        .sort(),
    ).toEqual(['ann', 'bob']);
    expect((await apply('shared', 'ann', {})).json.spec).toMatchObject({ text: 'a' });
  });

  it('gives fields to whoever changes them otherwise', async () => {
    const { client, widgets } = bind(world());
    await apply('taken', 'ann', { text: 'a', replicas: 2 });
    const { json } = await client.patch(`${widgets('taken')}?fieldManager=editor`, 'merge', { spec: { text: 'b' } });
    const owners = Object.fromEntries(
      entries(json).map((entry) => [`${entry.manager}/${entry.operation}`, specOf(entry)]),
    );
    expect(owners).toEqual({ 'ann/Apply': { 'f:replicas': {} }, 'editor/Update': { 'f:text': {} } });
    const refused = await apply('taken', 'ann', { text: 'a', replicas: 2 });
    expect(refused.json.message).toBe(
      'Apply failed with 1 conflict: conflict with "editor" using contract.example.com/v1: .spec.text',
    );
  });

  it('merges keyed lists item by item, and replaces plain ones', async () => {
    await apply('lists', 'ann', { ports: [{ name: 'http', number: 80 }], list: ['a'] });
    const { json } = await apply(
      'lists',
      'bob',
      {
        ports: [
          { name: 'http', protocol: 'UDP' },
          { name: 'dns', number: 53 },
        ],
      },
      '&force=true',
    );
    expect(json.spec.ports).toEqual([
      { name: 'http', number: 80, protocol: 'UDP' },
      { name: 'dns', number: 53, protocol: 'TCP' },
    ]);
    expect((await apply('lists', 'bob', { list: ['b'] })).json).toMatchObject({ code: 409 });
  });

  it('keeps the status apart', async () => {
    const { client, widgets, widget } = bind(world());
    await apply('reported', 'ann', { text: 'a' });
    const { json } = await client.apply(`${widgets('reported')}/status`, 'controller', {
      ...widget('reported'),
      status: { note: 'x' },
    });
    expect(json).toMatchObject({ spec: { text: 'a' }, status: { note: 'x' } });
    const entry = entries(json).find(({ manager }) => manager === 'controller');
    expect(entry).toMatchObject({ subresource: 'status', fieldsV1: { 'f:status': { 'f:note': {} } } });
    expect((await apply('reported', 'ann', { text: 'b' })).json.status).toEqual({ note: 'x' });
  });

  it('works on built-in kinds', async () => {
    const { client, core } = bind(world());
    const service = (port: number, name: string): object => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'applied' },
      spec: { selector: { app: 'x' }, ports: [{ name, port, protocol: 'TCP' }] },
    });
    await client.apply(core('services', 'applied'), 'ann', service(80, 'http'));
    const { json } = await client.apply(core('services', 'applied'), 'bob', service(443, 'https'));
    expect((json.spec.ports as { port: number }[]).map(({ port }) => port).sort()).toEqual([443, 80]);
    const shrunk = await client.apply(core('services', 'applied'), 'bob', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'applied' },
      spec: { selector: { app: 'x' } },
    });
    expect((shrunk.json.spec.ports as { port: number }[]).map(({ port }) => port)).toEqual([80]);
  });

  it('forgets all owners when they are reset', async () => {
    const { client, widgets } = bind(world());
    await apply('reset', 'ann', { text: 'a' });
    const { json } = await client.patch(widgets('reset'), 'merge', { metadata: { managedFields: [{}] } });
    expect(entries(json)).toEqual([]);
  });

  it('shows and stores nothing in a dry run', async () => {
    const dry = await apply('dried', 'ann', { text: 'a' }, '&dryRun=All');
    expect(dry.status).toBe(201);
    expect(entries(dry.json)).toHaveLength(1);
    expect((await world().client.get(world().widgets('dried'))).status).toBe(404);
  });

  it('refuses applies without a manager, with owners inside, or for another object', async () => {
    const { client, widgets, widget } = bind(world());
    expect((await client.patch(widgets('nobody'), 'apply', widget('nobody'))).status).toBeGreaterThanOrEqual(400);
    const owned = widget('owned', {}, { managedFields: [{ manager: 'x' }] });
    expect((await client.apply(widgets('owned'), 'ann', owned)).status).toBe(400);
    expect((await client.apply(widgets('one'), 'ann', widget('other'))).status).toBe(400);
    expect((await client.get(widgets('nobody'))).status).toBe(404);
  });

  it('reads YAML', async () => {
    const { client, widgets } = bind(world());
    const yaml =
      'apiVersion: contract.example.com/v1\nkind: Widget\nmetadata:\n  name: yaml\nspec:\n  text: a # a comment\n';
    expect((await client.apply(widgets('yaml'), 'ann', yaml)).json.spec).toMatchObject({ text: 'a' });
  });
}
