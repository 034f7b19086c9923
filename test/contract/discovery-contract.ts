import type { ContractWorld } from './contract-world';

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

interface Discovered {
  readonly kind: string;
  readonly groups: readonly {
    readonly name: string;
    readonly preferredVersion: { readonly version: string };
    readonly versions: readonly { readonly version: string }[];
  }[];
  readonly resources: readonly ApiResource[];
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly resources: readonly {
        readonly resource: string;
        readonly subresources?: readonly { readonly subresource: string }[];
      }[];
    }[];
  }[];
}

/** What clients learn about a server: versions, kinds, schemas, health. */
export function discoveryContract(world: () => ContractWorld): void {
  const read = async (path: string, accept?: string): Promise<Discovered> =>
    (await world().client.get(path, accept === undefined ? {} : { accept })).json as unknown as Discovered;

  it('lists groups, and the resources of each', async () => {
    expect(await read('/api')).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
    const { kind, groups } = await read('/apis');
    expect(kind).toBe('APIGroupList');
    const own = groups.find(({ name }) => name === 'contract.example.com');
    expect(own).toMatchObject({
      preferredVersion: { version: 'v1' },
      versions: [{ version: 'v1' }, { version: 'v1beta1' }],
    });
    expect(await read('/apis/apps')).toMatchObject({
      kind: 'APIGroup',
      name: 'apps',
      preferredVersion: { groupVersion: 'apps/v1' },
    });
    const { resources } = await read('/apis/contract.example.com/v1');
    expect(resources.map(({ name }) => name).sort()).toEqual(['widgets', 'widgets/scale', 'widgets/status']);
    expect(resources.find(({ name }) => name === 'widgets')).toMatchObject({
      kind: 'Widget',
      namespaced: true,
      shortNames: ['wd'],
      categories: ['things'],
      verbs: expect.arrayContaining([
        'create',
        'delete',
        'deletecollection',
        'get',
        'list',
        'patch',
        'update',
        'watch',
      ]) as string[],
    });
  });

  it('names the built-in kinds as every cluster does', async () => {
    const { resources } = await read('/api/v1');
    const find = (name: string): ApiResource | undefined => resources.find((resource) => resource.name === name);
    expect(find('pods')).toMatchObject({ kind: 'Pod', shortNames: ['po'], categories: ['all'] });
    expect(find('namespaces')).toMatchObject({ kind: 'Namespace', namespaced: false, shortNames: ['ns'] });
    expect(find('serviceaccounts/token')).toMatchObject({ kind: 'TokenRequest', verbs: ['create'] });
    const apps = await read('/apis/apps/v1');
    expect(apps.resources.find(({ name }) => name === 'deployments/scale')).toMatchObject({ kind: 'Scale' });
  });

  it('tells everything at once to who asks for it, and nothing new to who knows', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const answer = await world().client.get('/apis', { accept });
    expect(answer.headers['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    const { kind, items } = answer.json as unknown as Discovered;
    expect(kind).toBe('APIGroupDiscoveryList');
    const own = items.find(({ metadata }) => metadata.name === 'contract.example.com');
    expect(own?.versions.map(({ version }) => version)).toEqual(['v1', 'v1beta1']);
    const widgets = own?.versions[0]?.resources.find(({ resource }) => resource === 'widgets');
    expect(widgets?.subresources?.map(({ subresource }) => subresource).sort()).toEqual(['scale', 'status']);
    const known = await world().client.get('/apis', {
      accept,
      headers: { 'if-none-match': String(answer.headers.etag) },
    });
    expect(known.status).toBe(304);
    expect((await read('/api', accept)).items[0]?.versions[0]?.version).toBe('v1');
  });

  it('publishes the schemas', async () => {
    const { client } = world();
    const urlOf = async (): Promise<string> => {
      const { json } = await client.get('/openapi/v3');
      const { paths } = json as unknown as { paths: Record<string, { serverRelativeURL: string }> };
      return paths['apis/contract.example.com/v1']?.serverRelativeURL ?? '';
    };
    await world().eventually(async () => (await urlOf()) !== '');
    const url = await urlOf();
    expect(url).toMatch(/^\/openapi\/v3\/apis\/contract.example.com\/v1\?hash=/);
    const { json } = await client.get(url);
    const { components } = json as unknown as {
      components: {
        schemas: Record<
          string,
          { 'x-kubernetes-group-version-kind'?: { kind: string }[]; properties?: { spec?: { properties?: object } } }
        >;
      };
    };
    const widget = Object.values(components.schemas).find(
      (schema) => schema['x-kubernetes-group-version-kind']?.[0]?.kind === 'Widget',
    );
    expect(Object.keys(widget?.properties?.spec?.properties ?? {})).toEqual(
      expect.arrayContaining(['size', 'ports', 'limits']),
    );
    expect((await client.get('/openapi/v2')).json).toMatchObject({ swagger: '2.0' });
  });

  it('is alive, ready and of some version', async () => {
    const { client } = world();
    for (const path of ['/livez', '/readyz', '/healthz']) expect((await client.get(path)).text).toBe('ok');
    expect((await client.get('/readyz?verbose')).text).toMatch(/\[\+\]ping ok[\s\S]*readyz check passed/);
    expect((await client.get('/version')).json).toMatchObject({
      major: '1',
      gitVersion: expect.stringMatching(/^v1\.\d+/) as string,
    });
    expect((await client.get('/metrics')).text).toMatch(/^apiserver_request_total\{/m);
  });

  it('knows no other paths and no other methods', async () => {
    const { client } = world();
    expect((await client.get('/apis/nobody.example.com/v1/things')).status).toBe(404);
    expect((await client.get('/api/v1/things')).status).toBe(404);
    expect((await client.get('/nowhere')).status).toBe(404);
    expect((await client.send('POST', '/api/v1/namespaces/default', { body: {} })).json).toMatchObject({
      kind: 'Status',
      code: 405,
      reason: 'MethodNotAllowed',
    });
  });
}
