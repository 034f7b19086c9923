import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../src/kernel';

jest.setTimeout(120_000);

const root = join(__dirname, '..', '..');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-validate-'));
  mkdirSync(join(folder, 'fleet'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function flotilla(args: readonly string[], input = ''): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(join(root, 'bin', 'flotilla'), args, { input, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

const bad = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: checkout, namespace: shop}
spec:
  host: checkout.shop.example.com
  trafficPolicy:
    loadBalancer:
      localityLbSetting:
        distribute:
        - from: east/east-1/*
          to: {east/east-1/*: 97, "*": 3}
`;

it('validates a folder: findings with file and line, exit code 1, JSON for scripts', () => {
  const file = join(folder, 'fleet', 'rule.yaml');
  writeFileSync(file, bad);
  const text = flotilla(['validate', '-f', join(folder, 'fleet')]);
  expect(text.code).toBe(1);
  expect(text.stdout).toContain(file);
  expect(text.stdout).toContain('11:16   error   FLO8078 DestinationRule shop/checkout');
  expect(text.stdout).not.toContain('\u001b');
  const json = flotilla(['validate', '-f', file, '-o', 'json']);
  expect(json.code).toBe(1);
  const { findings } = JSON.parse(json.stdout) as { findings: Finding[] };
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([
    expect.objectContaining({
      code: 'FLO8078',
      object: { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', namespace: 'shop', name: 'checkout' },
      path: 'spec.trafficPolicy.loadBalancer.localityLbSetting.distribute[0].to["east/east-1/*"]',
      ...{ file, line: 11 },
    }),
  ]);
});

it('reads standard input, and ends with 0 when nothing is wrong', () => {
  const good = bad
    .replace('"*": 3', '"west/west-1/*": 3')
    .replace('    loadBalancer', '    outlierDetection: {maxEjectionPercent: 100}\n    loadBalancer');
  const { code, stdout } = flotilla(['validate', '-f', '-'], good);
  expect(stdout).toBe('1 object in 1 file: nothing found\n');
  expect(code).toBe(0);
});

it('says what is missing when no file is given, or when a file is not there', () => {
  const none = flotilla(['validate']);
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('[FLO8800]')]);
  const gone = flotilla(['validate', '-f', join(folder, 'gone.yaml')]);
  expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('[FLO3061]')]);
});

it('explains the codes that it prints', () => {
  const { code, stdout } = flotilla(['explain', 'FLO8078']);
  expect(code).toBe(0);
  expect(stdout).toContain('What happens to traffic');
});
