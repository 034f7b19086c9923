import fc from 'fast-check';
import type { KubeObject } from '../../kube/schema';
import { differences } from './differences';

function service(spec: object, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'checkout', namespace: 'shop', ...metadata }, spec };
}

describe('differences', () => {
  it('names the path and both values', () => {
    const wanted = service({ selector: { app: 'checkout' }, ports: [{ name: 'http', port: 80 }] });
    const found = service({ selector: { app: 'cart' }, ports: [{ name: 'http', port: 8080 }] });
    expect(differences(wanted, found)).toEqual([
      { path: 'spec.selector.app', wanted: 'checkout', found: 'cart' },
      { path: 'spec.ports[0].port', wanted: '80', found: '8080' },
    ]);
  });

  it('ignores what only the live object has: defaults, allocations, status', () => {
    const wanted = service({ ports: [{ name: 'http', port: 80 }] });
    const live = {
      ...service({ ports: [{ name: 'http', port: 80, protocol: 'TCP' }], clusterIP: '10.0.0.1' }, { uid: 'u' }),
      status: { loadBalancer: {} },
    };
    expect(differences(wanted, live)).toEqual([]);
  });

  it('matches named list items whatever their order', () => {
    const a = { name: 'a', port: 1 };
    const b = { name: 'b', port: 2 };
    expect(differences(service({ ports: [a, b] }), service({ ports: [b, a] }))).toEqual([]);
  });

  it('reports a list of another length as a whole', () => {
    const [difference] = differences(service({ hosts: ['a', 'b'] }), service({ hosts: ['a'] }));
    expect(difference).toEqual({ path: 'spec.hosts', wanted: '["a","b"]', found: '["a"]' });
  });

  it('sees labels and annotations that were taken away, with quoted keys', () => {
    const wanted = service({}, { labels: { 'app.kubernetes.io/managed-by': 'flotilla' } });
    expect(differences(wanted, service({}))).toEqual([
      { path: 'metadata.labels', wanted: '{"app.kubernetes.io/managed-by":"flotilla"}', found: 'absent' },
    ]);
    expect(differences(wanted, service({}, { labels: {} }))[0]!.path).toBe(
      'metadata.labels["app.kubernetes.io/managed-by"]',
    );
  });

  it('never shows the values of a Secret', () => {
    const secret = (value: string): KubeObject => ({ ...service({}), kind: 'Secret', data: { key: value } });
    expect(differences(secret('one'), secret('two'))).toEqual([
      { path: 'data.key', wanted: 'hidden', found: 'hidden' },
    ]);
  });

  it('finds nothing between an object and itself with more fields, and something when a leaf changes (property)', () => {
    const json = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(json, json, (spec, more) => {
        expect(differences(service(spec), service({ ...more, ...spec }))).toEqual([]);
        const [key] = Object.keys(spec);
        const changed = { ...spec, [key!]: 'another value' };
        expect(differences(service(spec), service(changed))).toHaveLength(1);
      }),
    );
  });
});
