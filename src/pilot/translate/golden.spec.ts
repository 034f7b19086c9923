import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatResources } from '../../cli/commands/xds-command';
import { offlineXds } from '../../cli/offline-xds';
import { isProxyDocument, nodeOfDocument } from '../../cli/proxy-document';
import { parseObjects } from '../../cli/read-objects';
import { type AnyJson, encodeAny } from '../proto';

const folder = join(__dirname, 'testdata');

const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.in.yaml'))
  .map((file) => file.replace('.in.yaml', ''));

/** Cases that are about endpoints alone; the others tell everything. */
const endpointsOnly: ReadonlySet<string> = new Set([
  'access-point-from-east-2',
  'access-point-from-west-1',
  'half-ready',
  'half-ready-grpc',
  'half-ready-plain-rule',
  'half-ready-within-capacity',
  'host-network-pods',
  'local-member-missing',
  'name-direct',
  'name-direct-grpc',
  'one-of-four-restarting',
  'remote-all',
  'remote-drained',
  'remote-member-missing',
  'without-failover-order',
]);

function translate(name: string): string {
  const described: Readonly<Record<string, unknown>>[] = [];
  const text = readFileSync(join(folder, `${name}.in.yaml`), 'utf8');
  const read = parseObjects(text, name, (document) => isProxyDocument(document) && described.push(document) > 0);
  const objects = read.map(({ object }) => object);
  const type = endpointsOnly.has(name) ? 'eds' : 'all';
  const { resources, findings } = offlineXds(objects, nodeOfDocument(described[0]!), type);
  expect(findings).toEqual([]);
  expect(offlineXds([...objects].reverse(), nodeOfDocument(described[0]!), type).resources).toEqual(resources);
  const bodies = Object.values(resources).flat() as AnyJson[];
  for (const body of bodies) expect(encodeAny(body).length).toBeGreaterThan(0);
  return formatResources(resources, 'yaml');
}

describe('what a proxy gets', () => {
  it.each(cases)('%s', (name) => {
    const path = join(folder, `${name}.out.yaml`);
    const actual = translate(name);
    if (process.env.UPDATE_GOLDEN) writeFileSync(path, actual);
    expect(actual).toBe(readFileSync(path, 'utf8'));
  });
});
