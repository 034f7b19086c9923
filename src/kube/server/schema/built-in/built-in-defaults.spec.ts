import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../../schema';
import { compileBuiltIn } from './compile-built-in';

function documents(name: string): KubeObject[] {
  const text = readFileSync(join(__dirname, 'testdata', name), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}

/** The answers were recorded from kube-apiserver 1.36, without what it assigns (uid, addresses, finalizers). */
describe('defaults of built-in kinds', () => {
  const wanted = documents('defaults.out.yaml');

  it.each(
    documents('defaults.in.yaml').map(
      (object, index) => [object.kind, object.metadata.name, object, wanted[index]!] as const,
    ),
  )('are those of Kubernetes: %s %s', (_kind, _name, object, expected) => {
    const schema = compileBuiltIn(`${object.apiVersion}/${object.kind}`)!;
    const once = schema.applyDefaults(schema.prune(object));
    expect(once).toEqual(expected);
    expect(schema.applyDefaults(schema.prune(once))).toEqual(once);
    expect(schema.validate(once)).toEqual([]);
  });
});
