import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { StructuralSchema } from '../../../schema';
import { checkSchema } from './check-schema';

const read = (name: string): unknown => parse(readFileSync(join(__dirname, 'testdata', name), 'utf8'));
const PLACE = 'spec.validation.openAPIV3Schema.properties[spec].properties[widget]';

function check(widget: StructuralSchema): unknown[] {
  const schema: StructuralSchema = { type: 'object', properties: { spec: { type: 'object', properties: { widget } } } };
  const short = (text: string): string =>
    text.replaceAll(PLACE, 'widget').replaceAll('selfType.spec.widget', 'selfType');
  return checkSchema(schema).map(({ field, reason, detail }) => ({
    field: short(field),
    reason,
    message: short(detail),
  }));
}

/** The answers were recorded from kube-apiserver 1.36. */
describe('checkSchema', () => {
  const schemas = read('schemas.in.yaml') as StructuralSchema[];
  const recorded = read('schemas.out.yaml') as unknown[][];

  it.each(schemas.map((schema, index) => [JSON.stringify(schema), schema, recorded[index]!] as const))(
    'says what Kubernetes says of %s',
    (_text, schema, expected) => {
      const text = (error: unknown): string => JSON.stringify(error);
      expect(check(schema).map(text).sort()).toEqual(expected.map(text).sort());
    },
  );
});
