import type { HttpRoute } from '../../istio';
import { mergeDelegates } from './delegate';
import type { ResolvedVirtualService } from './resolved-virtual-service';
import { parseExportTo } from './visibility';

interface Written {
  readonly name: string;
  readonly hosts?: readonly string[];
  readonly http: readonly HttpRoute[];
  readonly namespace?: string;
  readonly exportTo?: readonly string[];
}

function virtualService({
  name,
  hosts = [],
  http,
  namespace = 'shop',
  exportTo = ['*'],
}: Written): ResolvedVirtualService {
  return {
    object: { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name, namespace } },
    name,
    namespace,
    hosts,
    gateways: ['mesh'],
    visibility: parseExportTo(exportTo, namespace),
    http,
    tls: [],
    tcp: [],
  };
}

const to = (host: string): HttpRoute['route'] => [{ destination: { host } }];

/** The routes of the root after merging. */
function merged(root: HttpRoute, ...children: readonly HttpRoute[]): readonly HttpRoute[] {
  const [result] = mergeDelegates([
    virtualService({ name: 'root', hosts: ['a.com'], http: [root] }),
    virtualService({ name: 'child', http: children }),
  ]);
  return result?.http ?? [];
}

const delegate = { name: 'child' };

describe('a delegate', () => {
  it('stands in the place of the route that names it, and nowhere else', () => {
    const all = mergeDelegates([
      virtualService({ name: 'root', hosts: ['a.com'], http: [{ delegate }, { route: to('last') }] }),
      virtualService({ name: 'child', http: [{ route: to('one') }, { route: to('two') }] }),
    ]);
    expect(all.map(({ name }) => name)).toEqual(['root']);
    expect(all[0]?.http.map(({ route }) => route?.[0]?.destination.host)).toEqual(['one', 'two', 'last']);
  });

  it('matches what the root and it match together', () => {
    const root: HttpRoute = { delegate, match: [{ uri: { prefix: '/api' }, headers: { a: { exact: '1' } } }] };
    const child: HttpRoute = { match: [{ uri: { prefix: '/api/cart' }, headers: { b: { exact: '2' } } }], route: [] };
    expect(merged(root, child)[0]?.match).toEqual([
      { uri: { prefix: '/api/cart' }, headers: { a: { exact: '1' }, b: { exact: '2' } } },
    ]);
  });

  it.each<readonly [string, HttpRoute, HttpRoute]>([
    ['a path outside the root', { match: [{ uri: { prefix: '/api' } }] }, { match: [{ uri: { prefix: '/web' } }] }],
    ['a wider path', { match: [{ uri: { exact: '/api' } }] }, { match: [{ uri: { prefix: '/api' } }] }],
    ['a regular expression', { match: [{ uri: { prefix: '/' } }] }, { match: [{ uri: { regex: '/.*' } }] }],
    ['another port', { match: [{ port: 80 }] }, { match: [{ port: 81 }] }],
    [
      'another header value',
      { match: [{ headers: { a: { exact: '1' } } }] },
      { match: [{ headers: { a: { exact: '2' } } }] },
    ],
  ])('loses a route with %s', (_what, root, child) => {
    expect(merged({ ...root, delegate }, { ...child, route: to('one') })).toEqual([]);
  });

  it('inherits what it does not set itself', () => {
    const root: HttpRoute = { delegate, name: 'root', timeout: '5s', retries: { attempts: 3 } };
    expect(merged(root, { name: 'child', timeout: '1s', route: to('one') })[0]).toMatchObject({
      name: 'root-child',
      timeout: '1s',
      retries: { attempts: 3 },
    });
  });

  it('adds its header operations to the root', () => {
    const root: HttpRoute = { delegate, headers: { request: { set: { a: 'root', b: 'root' }, remove: ['x'] } } };
    const child: HttpRoute = { headers: { request: { set: { b: 'child' }, remove: ['y'] } }, route: to('one') };
    expect(merged(root, child)[0]?.headers?.request).toMatchObject({
      set: { a: 'root', b: 'child' },
      remove: ['x', 'y'],
    });
  });

  it('does not delegate further', () => {
    expect(merged({ delegate }, { delegate: { name: 'other' } })).toEqual([]);
  });

  it('leaves no route when it is missing, or not exported to the root', () => {
    const root = virtualService({
      name: 'root',
      hosts: ['a.com'],
      http: [{ delegate: { name: 'child', namespace: 'other' } }],
    });
    const hidden = virtualService({
      name: 'child',
      namespace: 'other',
      exportTo: ['.'],
      http: [{ route: to('one') }],
    });
    expect(mergeDelegates([root])[0]?.http).toEqual([]);
    expect(mergeDelegates([root, hidden])[0]?.http).toEqual([]);
  });
});
