import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderOffline } from '../../federation';
import { type DestinationRule, readObject } from '../../istio';
import { type KubeObject, objectKey } from '../../kube/schema';
import { parseObjects } from '../read-objects';
import { formatFinding, formatManifests } from './render-command';

const nowMs = Date.UTC(2026, 0, 1);
const folder = join(__dirname, '../../nameservice/render/testdata');
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.in.yaml'))
  .map((name) => name.replace('.in.yaml', ''));

/** A case is laid over the fleet that all share. */
function objectsOf(name: string): KubeObject[] {
  return ['fleet.yaml', `${name}.in.yaml`].flatMap((file) =>
    parseObjects(readFileSync(join(folder, file), 'utf8'), file).map(({ object }) => object),
  );
}

/** The objects of the names; those of the access points have golden pairs of their own. */
function render(objects: readonly KubeObject[]) {
  const { manifests, findings } = renderOffline(objects, nowMs);
  const own = manifests.filter(({ metadata }) =>
    metadata.annotations?.['federation.flotilla.dev/owner']?.startsWith('NameService/'),
  );
  return { manifests: own, findings };
}

describe('flotilla render of names', () => {
  it.each(cases)('%s', (name) => {
    const path = join(folder, `${name}.out.yaml`);
    const { manifests, findings } = render(objectsOf(name));
    const printed = `${findings.map((finding) => `# ${formatFinding(finding)}\n`).join('')}${formatManifests(manifests, 'yaml')}`;
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, printed);
    expect(printed).toBe(readFileSync(path, 'utf8'));
  });

  it.each(cases)('%s does not depend on the order of its objects', (name) => {
    const { manifests } = render(objectsOf(name));
    expect(render(objectsOf(name).reverse()).manifests).toEqual(manifests);
  });

  it.each(cases)('%s has one object per key and cluster, short names, and objects that Istio takes', (name) => {
    const { manifests } = render(objectsOf(name));
    const keys = manifests.map((manifest) => {
      const cluster = manifest.metadata.annotations?.['federation.flotilla.dev/cluster'];
      return `${cluster} ${objectKey(manifest)}`;
    });
    expect(new Set(keys).size).toBe(keys.length);
    expect(manifests.every(({ metadata }) => metadata.name.length <= 63)).toBe(true);
    for (const manifest of manifests.filter(({ apiVersion }) => apiVersion.startsWith('networking.istio.io/'))) {
      expect(readObject(manifest)).not.toHaveProperty('findings.0');
    }
  });

  it.each(cases)('%s has rows of whole zones that sum to 100 and name no place twice (R1, R3, R16)', (name) => {
    const rules = render(objectsOf(name)).manifests.filter(
      ({ kind }) => kind === 'DestinationRule',
    ) as DestinationRule[];
    for (const { spec } of rules) {
      const rows = spec?.trafficPolicy?.loadBalancer?.localityLbSetting?.distribute ?? [];
      expect(rows.length).toBeGreaterThan(0);
      for (const { from, to } of rows) {
        expect(from).toMatch(/^[^/*]+\/[^/*]+\/\*$/);
        expect(Object.keys(to ?? {}).every((place) => /^[^/*]+\/[^/*]+\/\*$/.test(place))).toBe(true);
        const weights = Object.values(to ?? {});
        expect(weights.every((weight) => weight >= 1 && weight <= 100)).toBe(true);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(100);
      }
    }
  });
});
