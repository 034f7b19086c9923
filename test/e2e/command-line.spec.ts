import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

jest.setTimeout(120_000);

/** What people get wrong at the command line, and what the real program answers: never a stack trace, nothing on stdout, exit code 1. */
const root = join(__dirname, '..', '..');
const program = join(root, 'bin', 'flotilla');
let folder: string;

const files: Readonly<Record<string, string>> = {
  'broken.yaml': 'spec: [a\n',
  'tabs.yaml': 'spec:\n\thosts: []\n',
  'twice.yaml': 'kind: A\nkind: B\n',
  'text.yaml': 'only a text\n',
  'alias.yaml': 'kind: *nothing\n',
  'bomb.yaml': `a: &a [x, x]\nb: &b [*a, *a]\n${[...'cdefghij'].map((name, index) => `${name}: &${name} [${`*${'bcdefghi'[index]!}, `.repeat(9)}]`).join('\n')}\n`,
  'noname.yaml': 'apiVersion: v1\nkind: Service\n',
  'mesh.yaml':
    'apiVersion: federation.flotilla.dev/v1alpha1\nkind: Mesh\nmetadata: {name: prod}\nspec: {trustDomain: prod.example}\n',
  'kubeconfig.yaml': `apiVersion: v1
kind: Config
current-context: hub
contexts: [{name: hub, context: {cluster: hub, user: me}}]
clusters: [{name: hub, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: me, user: {token: secret}}]
`,
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-command-line-'));
  mkdirSync(join(folder, 'empty'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function flotilla(words: readonly string[], input = ''): { code: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, KUBECONFIG: '', FLOTILLA_SKIP_PREPARE: '1' };
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: folder, input, encoding: 'utf8', env });
  return { code: status, stdout, stderr };
}

it.each([
  [['render'], 'FLO3063', 'name files or folders with -f'],
  [['render', '-f', 'none.yaml'], 'FLO3061', 'cannot read none.yaml: there is no such file or folder'],
  [['render', '-f', 'empty'], 'FLO3069', 'it has no file *.yaml, *.yml or *.json'],
  [['validate', '-f', 'empty'], 'FLO3069', 'found no object in the folder empty'],
  [['render', '-f', '-'], 'FLO3069', 'found no object in standard input: it is empty'],
  [['render', '-f', 'broken.yaml'], 'FLO3062', 'broken.yaml:2:1: this is no YAML'],
  [['render', '-f', 'tabs.yaml'], 'FLO3062', 'tabs.yaml:2:1: this is no YAML: Tabs are not allowed'],
  [['render', '-f', 'twice.yaml'], 'FLO3062', 'twice.yaml:2:1: this is no YAML: Map keys must be unique'],
  [['render', '-f', 'text.yaml'], 'FLO3062', 'text.yaml:1: cannot read a Kubernetes object'],
  [['render', '-f', 'alias.yaml'], 'FLO3062', 'alias.yaml:1: this is no YAML: Unresolved alias'],
  [['render', '-f', 'bomb.yaml'], 'FLO3062', 'bomb.yaml:1: this is no YAML: Excessive alias count'],
  [['render', '-f', 'noname.yaml'], 'FLO3062', 'apiVersion, kind and metadata.name are needed'],
  [['render', '-f', 'mesh.yaml', '--cluster', 'east-1'], 'FLO3068', 'the files have no MemberCluster "east-1"'],
  [['render', '-f', 'mesh.yaml', '-o', 'xml'], 'FLO3064', 'write yaml or json'],
  [['hub', '--kubeconfig', 'none.yaml'], 'FLO3071', 'cannot read the kubeconfig none.yaml: there is no such file'],
  [['hub', '--kubeconfig', 'empty'], 'FLO3071', 'cannot read the kubeconfig empty'],
  [['zone', '--cluster', 'east-1', '--kubeconfig', 'none.yaml'], 'FLO3071', 'there is no such file'],
  [['zone', '--cluster', 'east-1', '--kubeconfig', 'mesh.yaml'], 'FLO2020', 'mesh.yaml'],
  [['plan', '-f', 'mesh.yaml'], 'FLO3084', 'no hub was named'],
  [['plan', '-f', 'mesh.yaml', '--kubeconfig', 'none.yaml'], 'FLO3084', 'none.yaml'],
  [['plan', '-f', 'mesh.yaml', '--kubeconfig', 'broken.yaml'], 'FLO2020', 'it is not YAML'],
  [['plan', '-f', 'mesh.yaml', '--kubeconfig', 'kubeconfig.yaml', '-o', 'json'], 'FLO2000', 'ECONNREFUSED'],
  [['rollout', 'start', 'shop/checkout'], 'FLO3097', 'a rollout has no verb "start"'],
  [['up', '--zones', 'three'], 'FLO6001', 'the demo cannot have "three" zones'],
  [['explain', 'FLO0000'], 'FLO8801', 'there is no code'],
  [['completion', 'tcsh'], 'FLO3073', 'write one of bash, zsh, fish'],
])('%p is refused with %s', (words, code, text) => {
  const answer = flotilla(words);
  expect(answer).toMatchObject({ code: 1, stdout: '' });
  expect(answer.stderr).toContain(`[${code}]`);
  expect(answer.stderr).toContain(text);
  expect(answer.stderr).not.toMatch(/^\s+at /m);
});

it('reads ten megabytes of objects from a pipe', () => {
  const entry = (number: number): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${number}}\ndata: {text: ${'x'.repeat(10_000)}}\n`;
  const input = Array.from({ length: 1000 }, (_, number) => entry(number)).join('---\n');
  const { code, stdout, stderr } = flotilla(['render', '-f', '-', '-o', 'json'], input);
  expect({ code, items: (JSON.parse(stdout) as { items: unknown[] }).items }).toEqual({ code: 0, items: [] });
  expect(stderr).toBe('note: the files place nothing\n');
});

it('ends quietly when nobody reads on', () => {
  const { stderr, stdout } = spawnSync('sh', ['-c', `"${program}" crds | head -n 1`], {
    encoding: 'utf8',
    env: { ...process.env, FLOTILLA_SKIP_PREPARE: '1' },
  });
  expect({ stdout, stderr }).toEqual({ stdout: 'apiVersion: apiextensions.k8s.io/v1\n', stderr: '' });
});
