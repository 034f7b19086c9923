import type { ContractWorld } from './contract-world';
import { bind } from './objects-contract';

/** JSON patch, merge patch and strategic merge patch. */
export function patchContract(world: () => ContractWorld): void {
  it('merges: null removes, lists are replaced', async () => {
    const { client, widgets } = bind(world());
    await world().stored(
      'merged',
      { text: 'a', list: ['x', 'y'], limits: { low: 1, high: 2 } },
      { labels: { a: '1', b: '2' } },
    );
    const { json } = await client.patch(widgets('merged'), 'merge', {
      metadata: { labels: { a: null, c: '3' } },
      spec: { text: null, list: ['z'], limits: { high: 3 } },
    });
    expect(json.metadata.labels).toEqual({ b: '2', c: '3' });
    expect(json.spec).toEqual({ size: 'small', replicas: 1, list: ['z'], limits: { low: 1, high: 3 } });
  });

  it('patches by JSON operations, all or none', async () => {
    const { client, widgets } = bind(world());
    await world().stored('operated', { list: ['a', 'c'] });
    const { json } = await client.patch(widgets('operated'), 'json', [
      { op: 'test', path: '/spec/list/0', value: 'a' },
      { op: 'add', path: '/spec/list/1', value: 'b' },
      { op: 'add', path: '/spec/list/-', value: 'd' },
      { op: 'replace', path: '/spec/replicas', value: 3 },
      { op: 'add', path: '/spec/anything', value: { 'a/b~c': 'x' } },
    ]);
    expect(json.spec).toMatchObject({ list: ['a', 'b', 'c', 'd'], replicas: 3 });
    const escaped = await client.patch(widgets('operated'), 'json', [{ op: 'remove', path: '/spec/anything/a~1b~0c' }]);
    expect(escaped.json.spec.anything).toEqual({});
    const failed = await client.patch(widgets('operated'), 'json', [
      { op: 'replace', path: '/spec/replicas', value: 4 },
      { op: 'test', path: '/spec/list/0', value: 'wrong' },
    ]);
    expect(failed.status).toBe(422);
    expect((await client.get(widgets('operated'))).json.spec).toMatchObject({ replicas: 3 });
    expect((await client.patch(widgets('operated'), 'json', [{ op: 'remove', path: '/spec/nothing' }])).status).toBe(
      422,
    );
    expect((await client.patch(widgets('operated'), 'json', { op: 'remove' })).status).toBe(400);
  });

  it('patches built-in kinds strategically, by the keys of their lists', async () => {
    const { client } = world();
    const deployments = `/apis/apps/v1/namespaces/${world().namespace}/deployments`;
    const container = (name: string, image: string): object => ({ name, image });
    await client.post(deployments, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'patched' },
      spec: {
        selector: { matchLabels: { app: 'x' } },
        template: {
          metadata: { labels: { app: 'x' } },
          spec: { containers: [container('a', 'a:1'), container('b', 'b:1')] },
        },
      },
    });
    const podSpec = async (patch: object): Promise<{ containers: { name: string; image: string }[] }> => {
      const { json } = await client.patch(`${deployments}/patched`, 'strategic', {
        spec: { template: { spec: patch } },
      });
      return (json.spec.template as { spec: { containers: { name: string; image: string }[] } }).spec;
    };
    const images = ({ containers }: Awaited<ReturnType<typeof podSpec>>): string[] =>
      containers.map(({ image }) => image).sort();
    expect(images(await podSpec({ containers: [container('b', 'b:2'), container('c', 'c:1')] }))).toEqual([
      'a:1',
      'b:2',
      'c:1',
    ]);
    expect(images(await podSpec({ containers: [{ name: 'a', $patch: 'delete' }] }))).toEqual(['b:2', 'c:1']);
  });

  it('refuses strategic patches of custom kinds, and patches of no known type', async () => {
    const { client, widgets } = bind(world());
    await world().stored('unpatched');
    expect((await client.patch(widgets('unpatched'), 'strategic', { spec: {} })).json).toMatchObject({
      code: 415,
      reason: 'UnsupportedMediaType',
    });
    expect(
      (await client.send('PATCH', widgets('unpatched'), { body: {}, contentType: 'application/json' })).status,
    ).toBe(415);
  });

  it('patches only the version that it names', async () => {
    const { client, widgets } = bind(world());
    const { metadata } = await world().stored('pinned');
    await client.patch(widgets('pinned'), 'merge', { spec: { text: 'a' } });
    const stale = { metadata: { resourceVersion: metadata.resourceVersion }, spec: { text: 'b' } };
    expect((await client.patch(widgets('pinned'), 'merge', stale)).json).toMatchObject({
      code: 409,
      reason: 'Conflict',
    });
  });

  it('lets many writers patch one object', async () => {
    const { client, widgets } = bind(world());
    await world().stored('crowded');
    const patches = Array.from({ length: 8 }, (_none, index) =>
      client.patch(widgets('crowded'), 'merge', { metadata: { labels: { [`w${index}`]: 'x' } } }),
    );
    expect((await Promise.all(patches)).map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(Object.keys((await client.get(widgets('crowded'))).json.metadata.labels ?? {})).toHaveLength(8);
  });
}
