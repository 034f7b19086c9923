import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { offlineXds } from '../../cli/offline-xds';
import { isProxyDocument, nodeOfDocument } from '../../cli/proxy-document';
import { parseObjects } from '../../cli/read-objects';
import type { KubeObject } from '../../kube/schema';
import type { ProxyNode } from '../model';
import { type AnyJson, encodeAny } from '../proto';
import { compareAnswers, type Difference } from './testing/compare-resources';
import { PURPOSEFUL_DIFFERENCES } from './testing/purposeful-differences';

const root = join(__dirname, '../../../test/vectors/istiod');
const cases = readdirSync(root)
  .flatMap((group) => readdirSync(join(root, group)).map((file) => `${group}/${file}`))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace('.yaml', ''))
  .sort();

function read(name: string): { readonly objects: readonly KubeObject[]; readonly node: ProxyNode } {
  const described: Readonly<Record<string, unknown>>[] = [];
  const text = readFileSync(join(root, `${name}.yaml`), 'utf8');
  const objects = parseObjects(text, name, (document) => isProxyDocument(document) && described.push(document) > 0);
  return { objects: objects.map(({ object }) => object), node: nodeOfDocument(described[0]!) };
}

function differencesOf(name: string): readonly Difference[] {
  const { cds, lds, rds, eds } = JSON.parse(readFileSync(join(root, `${name}.json`), 'utf8'));
  const { objects, node } = read(name);
  const { resources, findings } = offlineXds(objects, node);
  expect(findings).toEqual([]);
  const ours = JSON.parse(JSON.stringify(resources)) as Readonly<Record<string, readonly AnyJson[]>>;
  for (const body of Object.values(ours).flat()) expect(encodeAny(body).length).toBeGreaterThan(0);
  return compareAnswers({ cds, lds, rds, eds }, ours);
}

const used = new Set<string>();

describe('what an upstream istiod answered', () => {
  it.each(cases)('%s', (name) => {
    const unexplained = differencesOf(name).filter((difference) => {
      const reasons = PURPOSEFUL_DIFFERENCES.filter((known) => known.explains(difference, name));
      for (const { reason } of reasons) used.add(reason);
      return reasons.length === 0;
    });
    expect(unexplained).toEqual([]);
  });

  it('has no purposeful difference that no case shows', () => {
    const unused = PURPOSEFUL_DIFFERENCES.filter(({ reason }) => !used.has(reason));
    expect(unused.map(({ reason }) => reason)).toEqual([]);
  });

  it('has a recorded answer for every case', () => {
    expect(cases.filter((name) => !existsSync(join(root, `${name}.json`)))).toEqual([]);
    expect(cases.length).toBeGreaterThan(0);
  });
});
