import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatResources } from '../../cli/commands/xds-command';
import { offlineXds } from '../../cli/offline-xds';
import { isProxyDocument, nodeOfDocument } from '../../cli/proxy-document';
import { parseObjects } from '../../cli/read-objects';
import { type AnyJson, encodeAny } from '../proto';

const folder = join(__dirname, 'testdata');

/** Each case with the type that it is about. */
const cases: Readonly<Record<string, string>> = {
  'access-point-from-east-1': 'all',
  'access-point-from-east-2': 'eds',
  'access-point-from-west-1': 'eds',
  'grpc-client': 'all',
  'host-network-pods': 'eds',
  'local-member-missing': 'eds',
  'proxy-protocol-and-grpc-web': 'all',
  'proxy-without-locality': 'all',
  'remote-all': 'eds',
  'remote-drained': 'eds',
  'remote-member-missing': 'eds',
  secrets: 'all',
  'without-failover-order': 'eds',
};

function translate(name: string): string {
  const described: Readonly<Record<string, unknown>>[] = [];
  const text = readFileSync(join(folder, `${name}.in.yaml`), 'utf8');
  const read = parseObjects(text, name, (document) => isProxyDocument(document) && described.push(document) > 0);
  const objects = read.map(({ object }) => object);
  const { resources, findings } = offlineXds(objects, nodeOfDocument(described[0]!), cases[name]);
  expect(findings).toEqual([]);
  expect(offlineXds([...objects].reverse(), nodeOfDocument(described[0]!), cases[name]).resources).toEqual(resources);
  const bodies = Object.values(resources).flat() as AnyJson[];
  for (const body of bodies) expect(encodeAny(body).length).toBeGreaterThan(0);
  return formatResources(resources, 'yaml');
}

describe('what a proxy gets', () => {
  it.each(Object.keys(cases))('%s', (name) => {
    const path = join(folder, `${name}.out.yaml`);
    const actual = translate(name);
    if (process.env.UPDATE_GOLDEN) writeFileSync(path, actual);
    expect(actual).toBe(readFileSync(path, 'utf8'));
  });

  it('runs every input', () => {
    const inputs = readdirSync(folder).filter((file) => file.endsWith('.in.yaml'));
    expect(inputs.map((file) => file.replace('.in.yaml', '')).sort()).toEqual(Object.keys(cases).sort());
  });
});
