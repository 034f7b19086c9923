import * as fc from 'fast-check';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import type { Finding } from '../../kernel';
import { istioKinds } from '../kinds';
import { lint, type LintContext, lintTextList } from '.';

const folder = join(__dirname, 'testdata');
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.in.yaml'))
  .map((name) => name.replace('.in.yaml', ''));

/** The first document may say what is known beside the objects. */
function lintText(text: string): Finding[] {
  const documents = parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>);
  const context = documents.find((document) => 'context' in document)?.context as LintContext | undefined;
  return lint(
    documents.filter((document) => !('context' in document)),
    context,
  );
}

const judged = new Map(cases.map((name) => [name, lintText(readFileSync(join(folder, `${name}.in.yaml`), 'utf8'))]));

describe('lint', () => {
  it.each(cases)('%s', (name) => {
    const path = join(folder, `${name}.out.yaml`);
    const rows = judged.get(name)!.map(({ code, severity, object, path: field, message, hint }) => ({
      ...{ code, severity, object: `${object!.kind} ${object!.name}`, path: field, message, hint },
    }));
    const printed = stringify(rows, { lineWidth: 0 });
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, printed);
    expect(printed).toBe(readFileSync(path, 'utf8'));
  });

  it.each(lintTextList)(
    '$code has a case that is bitten and one that is not, and its example bites',
    ({ code, example }) => {
      const codesOf = (name: string): string[] => judged.get(name)!.map((finding) => finding.code);
      const own = cases.filter((name) => name.startsWith(code.toLowerCase()));
      expect(own.filter((name) => name.endsWith('-bitten')).every((name) => codesOf(name).includes(code))).toBe(true);
      expect(own.filter((name) => name.endsWith('-clean')).some((name) => codesOf(name).includes(code))).toBe(false);
      expect(own.length).toBeGreaterThanOrEqual(2);
      expect(lintText(example).map((finding) => finding.code)).toContain(code);
    },
  );

  it('says nothing about objects of different clusters together', () => {
    const of = (cluster: string): Record<string, unknown> => ({
      ...{ apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', spec: { host: 'checkout' } },
      metadata: { name: cluster, namespace: 'shop', annotations: { 'federation.flotilla.dev/cluster': cluster } },
    });
    expect(lint([of('a'), of('b')])).toEqual([]);
    expect(lint([of('a'), { ...of('a'), metadata: { ...(of('a').metadata as object), name: 'c' } }])).toHaveLength(1);
  });

  it('answers any objects with findings, and never falls over', () => {
    const texts = lintTextList.map(({ example }) => example).join('\n');
    const words = [...new Set(texts.match(/[A-Za-z][A-Za-z0-9./-]+/g))];
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5, depthSize: 'small' },
        fc.constantFrom(...words, null, true, -1, 80, 0.5, ''),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...words), tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    const kinds = [...istioKinds.map(({ kind }) => kind), 'Service', 'Pod', 'Deployment'];
    const object = fc.record({
      apiVersion: value,
      kind: fc.constantFrom(...kinds),
      metadata: value,
      spec: value,
      status: value,
    });
    fc.assert(
      fc.property(fc.array(object, { maxLength: 5 }), fc.boolean(), (objects, complete) => {
        const gateways = [{ name: 'web', namespace: 'istio', labels: { istio: 'ingressgateway' } }];
        const findings = lint(objects, { complete, gateways, zones: ['east/east-1'] });
        expect(findings.every(({ code, message }) => /^FLO85\d\d$/.test(code) && message !== '')).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  it('bites no object that is broken in a way that takes its fields away', () => {
    const whole = lintTextList.flatMap(({ example }) =>
      parseAllDocuments(example).map((document) => document.toJS() as Record<string, unknown>),
    );
    for (const object of whole) {
      for (const field of Object.keys(object)) expect(() => lint([{ ...object, [field]: undefined }])).not.toThrow();
    }
  });
});
