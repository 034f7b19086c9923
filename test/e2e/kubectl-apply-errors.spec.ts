import { rmSync } from 'node:fs';
import { TestFleet } from '../../src/federation/hub/testing/test-fleet';
import { Kubectl } from '../tools/kubectl';

jest.setTimeout(120_000);

const header = 'apiVersion: federation.flotilla.dev/v1alpha1';

/** A valid access point, with some lines of its spec replaced. */
function accessPoint(name: string, lines: Readonly<Record<string, string>>): string {
  const spec = {
    mesh: 'prod',
    hosts: `[${name}.shop.example.com]`,
    ports: '[{name: http, number: 80, protocol: HTTP}]',
    backend: `{service: {name: ${name}}, selector: {app: ${name}}}`,
    placement: '{zones: [test/a]}',
    ...lines,
  };
  const body = Object.entries(spec).map(([field, value]) => `  ${field}: ${value}`);
  return [header, 'kind: AccessPoint', `metadata: {name: ${name}, namespace: shop}`, 'spec:', ...body].join('\n');
}

function object(kind: string, name: string, spec: string): string {
  return [header, `kind: ${kind}`, `metadata: {name: ${name}}`, `spec: ${spec}`].join('\n');
}

/** What people write, and every part of what they have to be told. */
const refused: readonly (readonly [string, string, readonly string[]])[] = [
  ['an unknown field', accessPoint('x', { runtme: '{}' }), ['spec.runtme']],
  ['a misspelt field deep inside', accessPoint('x', { http: '[{timeOut: 5s}]' }), ['spec.http[0].timeOut']],
  [
    'a duration without unit',
    accessPoint('x', { runtime: '{outlierDetection: {interval: "5"}}' }),
    ['spec.runtime.outlierDetection.interval'],
  ],
  [
    'a percentage out of bounds',
    accessPoint('x', { runtime: '{locality: {localPercent: 101}}' }),
    ['spec.runtime.locality.localPercent', '100'],
  ],
  ['a number where a text belongs', accessPoint('x', { mesh: '5' }), ['spec.mesh', 'string']],
  [
    'a protocol that does not exist',
    accessPoint('x', { ports: '[{name: a, number: 80, protocol: UDP}]' }),
    ['spec.ports[0].protocol', '"HTTP"'],
  ],
  [
    'HTTPS without TLS',
    accessPoint('x', { ports: '[{name: a, number: 443, protocol: HTTPS}]' }),
    ['spec.ports[0]', 'needs tls: give mode'],
  ],
  [
    'two ways of placement',
    accessPoint('x', { placement: '{zones: [test/a], clusters: [a-apps]}' }),
    ['spec.placement', 'in exactly one way'],
  ],
  [
    'both kinds of patch',
    accessPoint('x', { overrides: '[{object: {kind: Gateway}, mergePatch: {}, jsonPatch: [{op: test, path: /a}]}]' }),
    ['spec.overrides[0]', 'either jsonPatch or mergePatch'],
  ],
  ['an unknown mesh', accessPoint('x', { mesh: 'prd' }), ['spec.mesh', 'known meshes: prod']],
  [
    'an unknown zone',
    accessPoint('x', { placement: '{zones: [test/z]}' }),
    ['spec.placement.zones[0]', 'known zones: test/a, test/b'],
  ],
  [
    'weights that do not sum to 100',
    accessPoint('x', { http: '[{route: [{weight: 50}, {weight: 40}]}]' }),
    ['spec.http[0].route', 'sum to 90'],
  ],
  [
    'a redirect that leads nowhere',
    accessPoint('x', { ports: '[{name: a, number: 80, protocol: HTTP, httpsRedirect: true}]' }),
    ['spec.ports[0].httpsRedirect', 'add a port with protocol HTTPS'],
  ],
  [
    'an override that matches nothing',
    accessPoint('x', { overrides: '[{object: {kind: Ingress}, mergePatch: {spec: {}}}]' }),
    ['spec.overrides[0].object', 'none of its clusters'],
  ],
  [
    'a template that makes an invalid object',
    accessPoint('x', {
      traffic: '{destinationRules: [{spec: {trafficPolicy: {outlierDetection: {interval: soon}}}}]}',
    }),
    ['DestinationRule', 'outlierDetection.interval'],
  ],
  [
    'a cluster of no role',
    object('MemberCluster', 'x', '{region: test, zone: a, role: Other, meshes: [prod]}'),
    ['spec.role', '"Gateway"'],
  ],
  [
    'a mesh without a root',
    object('Mesh', 'x', '{trustDomain: x, ca: {selfSigned: false}}'),
    ['spec', 'ca.rootSecretRef'],
  ],
  [
    'a range that is none',
    object('AddressPool', 'x', '{zones: [{zone: test/a, ranges: [ten]}]}'),
    ['spec.zones[0].ranges[0]'],
  ],
  [
    'a task of two kinds',
    object('RolloutPolicy', 'x', '{stages: [{name: a, after: [{approval: {}, soak: {duration: 1m}}]}]}'),
    ['spec.stages[0].after[0]', 'exactly one of'],
  ],
  [
    'an operator that does not exist',
    object('PlacementPolicy', 'x', '{tolerations: [{key: a, operator: Like}]}'),
    ['spec.tolerations[0].operator', '"Exists"'],
  ],
];

describe('kubectl apply', () => {
  let fleet: TestFleet;
  let kubectl: Kubectl;

  beforeAll(async () => {
    fleet = await TestFleet.start();
    kubectl = new Kubectl(fleet.hubCluster.server.kubeconfig());
  });

  afterAll(async () => {
    await fleet.stop();
    rmSync(kubectl.folder, { recursive: true });
  });

  it.each(refused)('refuses %s, names the field, and changes nothing', async (_what, yaml, words) => {
    const { code, stderr } = await kubectl.attempt(['apply', '-f', '-'], { input: yaml });
    expect(code).not.toBe(0);
    for (const word of words) expect(stderr).toContain(word);
    expect(stderr).not.toContain('undefined');
    const kind = /kind: (\w+)/.exec(yaml)?.[1] ?? '';
    const found = await kubectl.attempt(['get', kind, 'x', '-n', 'shop', '-o', 'name']);
    expect(found.stderr).toContain('not found');
  });

  it.each([
    ['the mesh of an access point', 'accesspoint/fixed', '{"spec":{"mesh":"other"}}', 'stays in its mesh'],
    ['the zone of a cluster', 'membercluster/b-apps', '{"spec":{"zone":"a"}}', 'stays in its zone'],
    ['the role of a cluster', 'membercluster/b-apps', '{"spec":{"role":"Gateway"}}', 'keeps its role'],
    ['the trust domain of a mesh', 'mesh/prod', '{"spec":{"trustDomain":"other"}}', 'trustDomain is fixed'],
  ])('refuses to change %s', async (_what, target, patch, words) => {
    await kubectl.apply(accessPoint('fixed', {}));
    const { code, stderr } = await kubectl.attempt(['patch', target, '-n', 'shop', '--type', 'merge', '-p', patch]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(words);
  });

  it('shows people what they look for', async () => {
    await kubectl.apply(accessPoint('shown', {}));
    expect(await kubectl.run(['get', 'ap', 'shown', '-n', 'shop'])).toMatch(
      /HOSTS\s+ACCEPTED.*\n.*shown.shop.example.com/,
    );
    expect(await kubectl.run(['get', 'mc'])).toMatch(/a-gateway\s+test\s+a\s+Gateway/);
    expect(await kubectl.run(['explain', 'accesspoint.spec.runtime.drain.until'])).toContain('ends by itself');
  });
});
