import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { CelRule, KubeObject, StructuralSchema } from '../../../schema';
import { compileSchema } from '../compile-schema';
import { checkSchema } from '../definition/check-schema';

interface Case extends CelRule {
  readonly schema: StructuralSchema;
  readonly value: unknown;
  readonly old?: unknown;
}

interface Recorded {
  readonly refused?: readonly { readonly message: string }[];
  readonly errors?: readonly unknown[];
  readonly skipped?: string;
}

const read = (name: string): unknown => parse(readFileSync(join(__dirname, 'testdata', name), 'utf8'));
const cases = read('rules.in.yaml') as Case[];
const recorded = read('rules.out.yaml') as Recorded[];

function schemaOf({ schema, value: _value, old: _old, ...rule }: Case): StructuralSchema {
  return { type: 'object', properties: { spec: { ...schema, 'x-kubernetes-validations': [rule] } } };
}

function object(value: unknown): KubeObject {
  const spec = value === '300 ones' ? Array.from({ length: 300 }, () => 1) : value;
  return { apiVersion: 'example.com/v1', kind: 'Cel', metadata: { name: 'x', namespace: 'default' }, spec };
}

function run(one: Case): unknown {
  const compiled = compileSchema(schemaOf(one));
  const errors = compiled.validate(object(one.value), one.old === undefined ? undefined : object(one.old));
  if (errors.length === 0) return {};
  const rename = (text: string): string => text.replaceAll(/\bspec\b/g, 'self');
  return {
    errors: errors.map(({ field, reason, detail }) => ({ field: rename(field), reason, message: rename(detail) })),
  };
}

/** The answers were recorded from kube-apiserver 1.36. */
describe('CEL rules', () => {
  const pairs = cases.map((one, index) => [one.rule, one, recorded[index]!] as const);

  it.each(pairs.filter(([, , answer]) => answer.refused === undefined && answer.skipped === undefined))(
    'answer as Kubernetes: %s',
    (_rule, one, answer) => {
      expect(checkSchema(schemaOf(one))).toEqual([]);
      expect(run(one)).toEqual(answer);
    },
  );
});
