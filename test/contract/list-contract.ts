import type { ContractWorld } from './contract-world';
import { bind } from './objects-contract';
import type { Received } from './wire-client';

const names = ({ json }: Received): string[] => (json.items ?? []).map(({ metadata }) => metadata.name);

/** Lists: selectors, pages, versions, and the shapes they come in. */
export function listContract(world: () => ContractWorld): void {
  /** A namespace of ConfigMaps a…e with labels. */
  const lettersIn = async (namespace: string): Promise<string> => {
    const { client } = world();
    await world().makeNamespace(namespace);
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    for (const [index, name] of ['a', 'b', 'c', 'd', 'e'].entries()) {
      const labels = { letter: name, even: String(index % 2 === 0), ...(index > 2 ? { late: '' } : {}) };
      await client.post(path, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, labels },
        type: name === 'a' ? 'example.com/first' : 'Opaque',
      });
    }
    return path;
  };
  let letters: string;

  beforeAll(async () => {
    letters = await lettersIn(`${world().namespace}-letters`);
  });

  it('lists in order, with a resourceVersion of its own', async () => {
    const answer = await world().client.get(letters);
    expect(answer.json).toMatchObject({ kind: 'SecretList', apiVersion: 'v1' });
    expect(Number(answer.json.metadata.resourceVersion)).toBeGreaterThan(0);
    expect(names(answer)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it.each([
    ['letter=a', 'a'],
    ['letter==b', 'b'],
    ['letter!=a', 'b c d e'],
    ['letter in (a, c)', 'a c'],
    ['letter notin (a,c)', 'b d e'],
    ['late', 'd e'],
    ['!late', 'a b c'],
    ['even=true,!late', 'a c'],
    ['nothing=here', ''],
  ])('selects labels by %s', async (selector, expected) => {
    const answer = await world().client.get(`${letters}?labelSelector=${encodeURIComponent(selector)}`);
    expect(names(answer).join(' ')).toBe(expected);
  });

  it.each([
    ['metadata.name=c', 'c'],
    ['metadata.name!=c', 'a b d e'],
    ['type=example.com/first', 'a'],
    ['type!=example.com/first,metadata.name!=b', 'c d e'],
  ])('selects fields by %s', async (selector, expected) => {
    const answer = await world().client.get(`${letters}?fieldSelector=${encodeURIComponent(selector)}`);
    expect(names(answer).join(' ')).toBe(expected);
  });

  it('selects by the fields that a custom kind names', async () => {
    const { client, widgets } = bind(world());
    await world().stored('selectable', { size: 'large' });
    const large = await client.get(`${widgets()}?fieldSelector=spec.size%3Dlarge,metadata.name%3Dselectable`);
    expect(names(large)).toEqual(['selectable']);
    expect(
      (await client.get(`${widgets()}?fieldSelector=spec.size%3Dsmall,metadata.name%3Dselectable`)).json.items,
    ).toEqual([]);
  });

  it('refuses selectors that it does not understand', async () => {
    const { client } = world();
    expect((await client.get(`${letters}?labelSelector=${encodeURIComponent('a in b')}`)).json).toMatchObject({
      code: 400,
      reason: 'BadRequest',
    });
    expect((await client.get(`${letters}?fieldSelector=data.key%3Dx`)).status).toBe(400);
  });

  it('pages, and every page is of the same moment', async () => {
    const { client } = world();
    const path = await lettersIn(`${world().namespace}-pages`);
    const first = await client.get(`${path}?limit=2`);
    expect(names(first)).toEqual(['a', 'b']);
    expect(first.json.metadata).toMatchObject({ remainingItemCount: 3 });
    await client.delete(`${path}/d`);
    await client.post(path, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'bb' } });
    const token = encodeURIComponent((first.json.metadata as { continue?: string }).continue ?? '');
    const second = await client.get(`${path}?limit=2&continue=${token}`);
    expect(names(second)).toEqual(['c', 'd']);
    const last = encodeURIComponent((second.json.metadata as { continue?: string }).continue ?? '');
    const third = await client.get(`${path}?limit=2&continue=${last}`);
    expect(names(third)).toEqual(['e']);
    expect(third.json.metadata).not.toHaveProperty('continue', expect.stringMatching(/./));
    expect(names(await client.get(path))).toEqual(['a', 'b', 'bb', 'c', 'e']);
    expect((await client.get(`${path}?limit=2&continue=nonsense`)).status).toBe(400);
  });

  it('reads at a version, not older than one, and not newer than there is', async () => {
    const { client } = world();
    const path = await lettersIn(`${world().namespace}-moments`);
    const { resourceVersion } = (await client.get(path)).json.metadata;
    await client.delete(`${path}/a`);
    expect(names(await client.get(`${path}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`))).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
    expect(
      names(await client.get(`${path}?resourceVersion=${resourceVersion}&resourceVersionMatch=NotOlderThan`)),
    ).toEqual(['b', 'c', 'd', 'e']);
    expect(names(await client.get(`${path}?resourceVersion=0`)).length).toBeGreaterThanOrEqual(4);
    const future = await client.get(`${path}?resourceVersion=999999999&resourceVersionMatch=NotOlderThan`);
    expect(future.json).toMatchObject({
      code: 504,
      details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 },
    });
    expect((await client.get(`${path}?resourceVersion=abc`)).status).toBe(400);
  });

  it('answers as a Table with the columns of the kind', async () => {
    const { client, widgets } = bind(world());
    await world().stored('tabled', { size: 'large', replicas: 3 });
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const { json } = await client.get(`${widgets()}?fieldSelector=metadata.name%3Dtabled`, { accept });
    expect(json).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
    const { columnDefinitions, rows } = json as unknown as {
      columnDefinitions: { name: string; priority: number }[];
      rows: { cells: unknown[]; object: object }[];
    };
    expect(columnDefinitions.map(({ name, priority }) => [name, priority])).toEqual([
      ['Name', 0],
      ['Size', 0],
      ['Replicas', 1],
    ]);
    expect(rows[0]?.cells).toEqual(['tabled', 'large', 3]);
    expect(rows[0]?.object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'tabled' } });
    const whole = await client.get(`${widgets('tabled')}?includeObject=Object`, { accept });
    expect((whole.json as unknown as { rows: { object: object }[] }).rows[0]?.object).toMatchObject({
      kind: 'Widget',
      spec: { size: 'large' },
    });
  });

  it('answers with metadata only', async () => {
    const { client, widgets } = bind(world());
    await world().stored('partial', { text: 'a' });
    const one = await client.get(widgets('partial'), {
      accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
    });
    expect(one.json).toMatchObject({
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { name: 'partial' },
    });
    expect(one.json.spec).toBeUndefined();
    const all = await client.get(widgets(), {
      accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
    });
    expect(all.json.kind).toBe('PartialObjectMetadataList');
  });

  it('answers in YAML, and refuses what it cannot write', async () => {
    const { client, core, config } = bind(world());
    await client.post(core('configmaps'), config('yaml', { a: '1' }));
    const yaml = await client.get(core('configmaps', 'yaml'), { accept: 'application/yaml' });
    expect(yaml.headers['content-type']).toBe('application/yaml');
    expect(yaml.text).toMatch(/^apiVersion: v1$/m);
    expect((await client.get(core('configmaps', 'yaml'), { accept: 'text/html' })).status).toBe(406);
  });
}
