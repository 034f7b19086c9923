import fc from 'fast-check';
import type { FlotillaError } from '../../kernel';
import { contextsIn, parseKubeconfig } from './parse-kubeconfig';
import { writeKubeconfig } from './write-kubeconfig';

const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
const base64 = Buffer.from(PEM).toString('base64');

function kubeconfig(user: object, cluster: object = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    contexts: [
      { name: 'here', context: { cluster: 'east-1', user: 'me', namespace: 'shop' } },
      { name: 'there', context: { cluster: 'west-1', user: 'me' } },
      { name: 'broken', context: { cluster: 'nowhere', user: 'me' } },
    ],
    clusters: [
      { name: 'east-1', cluster: { server: 'https://east:6443/', ...cluster } },
      { name: 'west-1', cluster: { server: 'https://west:6443/k8s/clusters/c1' } },
    ],
    users: [{ name: 'me', user }],
  });
}

function codeOf(attempt: () => unknown): unknown {
  try {
    return attempt();
  } catch (cause) {
    return (cause as FlotillaError).code;
  }
}

describe('parseKubeconfig', () => {
  it('flattens the current context', () => {
    const text = kubeconfig({ token: 'secret' }, { 'certificate-authority-data': base64, 'tls-server-name': 'api' });
    expect(parseKubeconfig(text)).toEqual({
      cluster: 'east-1',
      server: 'https://east:6443',
      caPem: PEM,
      tlsServerName: 'api',
      token: 'secret',
      namespace: 'shop',
    });
  });

  it('reads a named context and keeps the path of the server', () => {
    expect(parseKubeconfig(kubeconfig({ token: 'x' }), 'there').server).toBe('https://west:6443/k8s/clusters/c1');
  });

  it('resolves file names from the folder of the kubeconfig', () => {
    const user = { 'client-certificate': 'me.crt', 'client-key': '/keys/me.key', tokenFile: 'token' };
    const options = parseKubeconfig(kubeconfig(user), undefined, { baseDirectory: '/home/me/.kube' });
    expect(options).toMatchObject({
      clientCertificateFile: '/home/me/.kube/me.crt',
      clientKeyFile: '/keys/me.key',
      tokenFile: '/home/me/.kube/token',
    });
  });

  it('reads an exec plug-in, a proxy and an impersonation', () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'login', args: ['--now'], env: null };
    const text = kubeconfig({ exec, as: 'ann', 'as-groups': ['ops'] }, { 'proxy-url': 'http://proxy:3128' });
    expect(parseKubeconfig(text)).toMatchObject({
      exec: { command: 'login', args: ['--now'] },
      proxyUrl: 'http://proxy:3128',
      impersonate: { user: 'ann', groups: ['ops'] },
    });
  });

  it.each([
    ['commands', { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'rm' } }],
    ['files', { tokenFile: '/etc/shadow' }],
    ['key files', { 'client-key': '/etc/ssl/key.pem' }],
  ])('refuses %s in a kubeconfig that came over the network', (_what, user) => {
    const parse = (): unknown => parseKubeconfig(kubeconfig(user), undefined, { untrusted: true });
    expect(parse).toThrow(/came over the network/);
  });

  it.each([
    ['no YAML', 'here', '{', /not YAML/],
    ['no kubeconfig', 'here', '[]', /expected object/],
    ['an unknown context', 'elsewhere', kubeconfig({}), /no context "elsewhere"/],
    ['an absent cluster', 'broken', kubeconfig({}), /names cluster "nowhere"/],
    ['a server that is no URL', 'here', kubeconfig({}, { server: 'east' }), /not an http or https URL/],
    ['a CA that is no PEM', 'here', kubeconfig({}, { 'certificate-authority-data': 'AAAA' }), /not base64 of PEM/],
    ['a removed auth-provider', 'here', kubeconfig({ 'auth-provider': { name: 'gcp' } }), /"gcp" was removed/],
  ])('refuses %s with FLO2020', (_what, context, text, message) => {
    const parse = (): unknown => parseKubeconfig(text, context);
    expect(parse).toThrow(message);
    expect(codeOf(parse)).toBe('FLO2020');
  });

  it('reads back what writeKubeconfig wrote', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
    const options = fc.record(
      {
        cluster: word,
        server: word.map((host) => `https://${host}:6443`),
        caPem: fc.constant(PEM),
        insecureSkipTlsVerify: fc.constant(true),
        tlsServerName: word,
        token: fc.string({ minLength: 1 }),
        tokenFile: word.map((name) => `/run/${name}`),
        username: word,
        password: word,
        clientCertificatePem: fc.constant(PEM),
        clientKeyPem: fc.constant(PEM),
        proxyUrl: fc.constant('http://proxy:3128'),
        namespace: word,
        impersonate: fc.record({ user: word, groups: fc.array(word) }),
        exec: fc.record({
          apiVersion: fc.constant('client.authentication.k8s.io/v1'),
          command: word,
          args: fc.array(fc.string()),
        }),
      },
      { requiredKeys: ['cluster', 'server'] },
    );
    fc.assert(fc.property(options, (given) => expect(parseKubeconfig(writeKubeconfig(given))).toEqual(given)));
  });
});

describe('contextsIn', () => {
  it('names all contexts, also those that lead nowhere, and the current one', () => {
    expect(contextsIn(kubeconfig({}))).toEqual({ names: ['here', 'there', 'broken'], current: 'here' });
    expect(contextsIn('apiVersion: v1\nkind: Config\ncurrent-context: ""\n')).toEqual({
      names: [],
      current: undefined,
    });
    expect(codeOf(() => contextsIn('- a'))).toBe('FLO2020');
  });
});
