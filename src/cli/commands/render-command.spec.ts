import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderOffline } from '../../federation';
import { type KubeObject, objectKey } from '../../kube/schema';
import { parseObjects } from '../read-objects';
import { formatFinding, formatManifests } from './render-command';

const nowMs = Date.UTC(2026, 0, 1);
const folder = join(__dirname, '../../accesspoint/render/testdata');
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.in.yaml'))
  .map((name) => name.replace('.in.yaml', ''));

function objectsOf(name: string): KubeObject[] {
  return parseObjects(readFileSync(join(folder, `${name}.in.yaml`), 'utf8'), name).map(({ object }) => object);
}

function print(objects: readonly KubeObject[]): string {
  const { manifests, findings } = renderOffline(objects, nowMs);
  return `${findings.map((finding) => `# ${formatFinding(finding)}\n`).join('')}${formatManifests(manifests, 'yaml')}`;
}

describe('flotilla render', () => {
  it.each(cases)('%s', (name) => {
    const path = join(folder, `${name}.out.yaml`);
    const printed = print(objectsOf(name));
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, printed);
    expect(printed).toBe(readFileSync(path, 'utf8'));
  });

  it.each(cases)('%s does not depend on the order of its objects', (name) => {
    const manifests = renderOffline(objectsOf(name), nowMs).manifests;
    expect(formatManifests(renderOffline(objectsOf(name).reverse(), nowMs).manifests, 'json')).toBe(
      formatManifests(manifests, 'json'),
    );
  });

  it.each(cases)('%s has one object per key and cluster, with names of 63 characters at most', (name) => {
    const { manifests } = renderOffline(objectsOf(name), nowMs);
    const keys = manifests.map(
      (manifest) => `${manifest.metadata.annotations?.['federation.flotilla.dev/cluster']} ${objectKey(manifest)}`,
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(
      manifests.filter((manifest) => !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(manifest.metadata.name)),
    ).toEqual([]);
  });
});
