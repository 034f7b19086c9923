import type { KubeObject } from '../kube/schema';
import { readObject } from './read-object';

function gateway(spec: unknown, apiVersion = 'networking.istio.io/v1'): KubeObject {
  return { apiVersion, kind: 'Gateway', metadata: { name: 'public', namespace: 'shop' }, spec };
}

const servers = [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }];

describe('readObject', () => {
  it('reads an object of any served version', () => {
    expect(readObject(gateway({ servers })).state).toBe('read');
    expect(readObject(gateway({ servers }, 'networking.istio.io/v1beta1')).state).toBe('read');
  });

  it('drops fields that it does not know', () => {
    const result = readObject(gateway({ servers, selector: { istio: 'a' }, novelty: true }));
    expect(result).toMatchObject({ state: 'read', kind: 'Gateway' });
    expect(result.state === 'read' && result.object.spec).toEqual({ servers, selector: { istio: 'a' } });
  });

  it('tells each field that does not fit by its path', () => {
    const broken = [{ ...servers[0], port: { number: 'eighty', name: 'http', protocol: 'HTTP' } }, { hosts: ['*'] }];
    const result = readObject(gateway({ servers: broken }));
    expect(result.state === 'invalid' && result.findings.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'FLO4002 spec.servers[0].port.number',
      'FLO4002 spec.servers[1].port',
    ]);
  });

  it('does not know kinds that discovery does not read, nor the same name in another group', () => {
    expect(readObject({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } }).state).toBe('unknown');
    expect(readObject(gateway({}, 'gateway.networking.k8s.io/v1')).state).toBe('unknown');
  });

  it('reads an object once', () => {
    const object = gateway({ servers });
    expect(readObject(object)).toBe(readObject(object));
  });

  it('reads a Service of another cluster with fields set to null, as some API servers give them', () => {
    const slice = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'a' } };
    expect(readObject({ ...slice, addressType: 'IPv4', ports: null, endpoints: null }).state).toBe('read');
  });
});
