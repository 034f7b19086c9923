import type { Manifest } from '../../federation/api';
import { serviceFaults } from './service-faults';

function paths(spec: unknown): string[] {
  const manifest: Manifest = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'checkout' }, spec };
  return serviceFaults(manifest).map(({ path = '' }) => path);
}

const port = { name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' };

describe('serviceFaults', () => {
  it.each([
    ['what Flotilla renders', { type: 'LoadBalancer', selector: { app: 'x' }, ports: [port] }],
    ['a headless Service without ports', { clusterIP: 'None' }],
    ['one port without a name, led to a container port by its name', { ports: [{ port: 80, targetPort: 'http-web' }] }],
    ['what the API server fills in', { ports: [{ port: 80, name: '', targetPort: 0 }] }],
    ['what the API server fills in, as text', { ports: [{ port: 80, targetPort: '' }] }],
    ['one number under two protocols', { ports: [port, { ...port, name: 'udp', protocol: 'UDP' }] }],
    ['an external name', { type: 'ExternalName', externalName: 'shop.example.com' }],
  ])('finds nothing in %s', (_what, spec) => {
    expect(paths(spec)).toEqual([]);
  });

  it.each<[string, unknown, string[]]>([
    ['no ports', { type: 'ClusterIP' }, ['spec.ports']],
    ['ports that are no list', { ports: 'http' }, ['spec.ports']],
    ['an unknown type', { type: 'Balancer', ports: [port] }, ['spec.type']],
    ['an external name that is missing', { type: 'ExternalName' }, ['spec.externalName']],
    ['a number that is a text', { ports: [{ port: '80' }] }, ['spec.ports[0].port']],
    ['a target that is out of bounds', { ports: [{ ...port, targetPort: 70000 }] }, ['spec.ports[0].targetPort']],
    [
      'a target name that is too long',
      { ports: [{ ...port, targetPort: 'a-very-long-port-name' }] },
      ['spec.ports[0].targetPort'],
    ],
    ['a protocol of its own', { ports: [{ ...port, protocol: 'HTTP' }] }, ['spec.ports[0].protocol']],
    ['names that are missing', { ports: [{ port: 80 }, { port: 81 }] }, ['spec.ports[0].name', 'spec.ports[1].name']],
    ['a name and a number that are given twice', { ports: [port, port] }, ['spec.ports[1].name', 'spec.ports[1].port']],
    [
      'a selector that is no label',
      { ports: [port], selector: { app: 'a b', tier: 1 } },
      ['spec.selector.app', 'spec.selector.tier'],
    ],
  ])('names the field: %s', (_what, spec, expected) => {
    expect(paths(spec)).toEqual(expected);
  });

  it.each([undefined, null, 7, 'spec', [], { ports: [null, 7] }, { selector: [] }])(
    'takes %j without falling over',
    (spec) => {
      expect(paths(spec).length).toBeGreaterThan(0);
    },
  );
});
