import * as fc from 'fast-check';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Finding } from '../../kernel';
import { istioKinds } from '../kinds';
import { validationTextList, validateIstioObject } from '.';

const folder = join(__dirname, 'testdata');
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.in.yaml'))
  .map((name) => name.replace('.in.yaml', ''));
const objectOf = (text: string): Record<string, unknown> => parse(text) as Record<string, unknown>;
const judged = new Map(
  cases.map((name) => [name, validateIstioObject(objectOf(readFileSync(join(folder, `${name}.in.yaml`), 'utf8')))]),
);

function print(findings: readonly Finding[]): string {
  const rows = findings.map(({ code, severity, path, message, hint }) => ({ code, severity, path, message, hint }));
  return stringify(rows, { lineWidth: 0 });
}

describe('validateIstioObject', () => {
  it.each(cases)('%s', (name) => {
    const path = join(folder, `${name}.out.yaml`);
    const printed = print(judged.get(name)!);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, printed);
    expect(printed).toBe(readFileSync(path, 'utf8'));
  });

  it.each(cases.filter((name) => name.endsWith('-good')))('%s is clean of what its counterpart has', (name) => {
    const bad = new Set(judged.get(name.replace(/-good$/, '-bad'))?.map(({ code }) => code));
    expect(bad.size).toBeGreaterThan(0);
    expect(judged.get(name)!.filter(({ code, severity }) => severity === 'error' || bad.has(code))).toEqual([]);
  });

  it('has a case for every code', () => {
    const found = new Set([...judged.values()].flatMap((findings) => findings.map(({ code }) => code)));
    expect(validationTextList.map(({ code }) => code).filter((code) => !found.has(code))).toEqual([]);
  });

  it('finds only what has a text, with its severity', () => {
    const severities = new Map(validationTextList.map(({ code, severity }) => [code, severity]));
    const strange = [...judged.values()].flat().filter(({ code, severity }) => severities.get(code) !== severity);
    expect(strange).toEqual([]);
  });

  it.each(validationTextList)('$code has an example that brings it about', ({ code, example }) => {
    expect(validateIstioObject(objectOf(example)).map((finding) => finding.code)).toContain(code);
  });

  it('answers any JSON with findings that name a field, and never falls over', () => {
    const names = [...new Set(istioKinds.flatMap((kind) => fieldNames(kind.spec.shape)))];
    expect(names.length).toBeGreaterThan(60);
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5, depthSize: 'small' },
        fc.constantFrom(
          '',
          '*',
          '*/*',
          'a/b/*',
          '0s',
          '1h',
          '~',
          '.',
          'unix:///a',
          '10.0.0.1',
          'a.b',
          '-',
          '(',
          'STATIC',
        ),
        fc.integer({ min: -2, max: 70_000 }),
        fc.constantFrom(null, true, 1.5, Number.MAX_SAFE_INTEGER),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 5 })), tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    const kinds = istioKinds.map(({ group, version, kind }) => ({ apiVersion: `${group}/${version}`, kind }));
    fc.assert(
      fc.property(fc.constantFrom(...kinds), value, value, (kind, metadata, spec) => {
        const findings = validateIstioObject({ ...kind, metadata, spec });
        expect(
          findings.every(({ path, message, code }) => path !== '' && message !== '' && /^FLO8\d{3}$/.test(code)),
        ).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

/** Names of all fields of a spec, to make input that rules look into. */
function fieldNames(shape: Readonly<Record<string, unknown>>): string[] {
  const text = JSON.stringify(shape, (key, value: unknown) => (key === 'parent' ? undefined : value)) ?? '';
  return [
    ...new Set([
      ...Object.keys(shape),
      ...[...text.matchAll(/"([a-z][A-Za-z0-9]+)":\{"def"/g)].map(([, name]) => name!),
    ]),
  ];
}
