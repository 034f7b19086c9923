import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(__dirname, '..', '..');
const chart = join(root, 'deploy', 'chart', 'flotilla');

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
}

/** Paths of a tree of values; a schema without properties says that everything below is free. */
function pathsOf(values: unknown, schema: Schema | undefined, path = ''): readonly string[] {
  if (typeof values !== 'object' || values === null || schema?.properties === undefined) return [path];
  return Object.entries(values).flatMap(([key, value]) => pathsOf(value, schema.properties?.[key], `${path}.${key}`));
}

function schemaPaths(schema: Schema, path = ''): readonly string[] {
  if (schema.properties === undefined) return [path];
  return Object.entries(schema.properties).flatMap(([key, child]) => schemaPaths(child, `${path}.${key}`));
}

describe('the chart', () => {
  it('has a schema for every value, and a value for everything in the schema', () => {
    const values: unknown = parse(readFileSync(join(chart, 'values.yaml'), 'utf8'));
    const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as Schema;
    const known = schemaPaths(schema).filter((path) => path !== '.global');
    expect([...pathsOf(values, schema)].sort()).toEqual([...known].sort());
  });

  it('has the version of the package', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    const meta = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as { version: string; appVersion: string };
    expect([meta.version, meta.appVersion]).toEqual([version, version]);
  });
});
