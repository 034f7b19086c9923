import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { type AccessPoint, accessPointKind } from '../../accesspoint';
import { coreKinds, type KubeObject, parseApiVersion } from '../../kube/schema';
import { renderOffline } from '../offline';
import { hubKinds } from './setup';
import { conditionOf, eventually, TestFleet } from './testing/test-fleet';

jest.setTimeout(90_000);

const folder = join(__dirname, '../../../deploy/examples');
const golden = join(__dirname, 'testdata', 'examples.out.yaml');
const examples = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .flatMap((name) =>
    parseAllDocuments(readFileSync(join(folder, name), 'utf8')).map((document) => document.toJS() as KubeObject),
  );

describe('deploy/examples', () => {
  it('render without an error, for every cluster that they name', () => {
    const { manifests, findings } = renderOffline(examples, Date.UTC(2026, 0, 1));
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    const clusters = new Set(
      manifests.map(({ metadata }) => metadata.annotations?.['federation.flotilla.dev/cluster']),
    );
    expect(clusters.size).toBe(6);
    const printed = manifests.map((manifest) => stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false }));
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, printed.join('---\n'));
    expect(printed.join('---\n')).toBe(readFileSync(golden, 'utf8'));
  });

  it('show every kind that people write', () => {
    const written = new Set(examples.map(({ kind }) => kind));
    // Revisions and Rollouts are made by the hub.
    const others = ['Revision', 'Rollout'];
    expect(hubKinds.map(({ kind }) => kind).filter((kind) => !written.has(kind) && !others.includes(kind))).toEqual([]);
  });

  it('are taken by the hub as they stand, and accepted', async () => {
    const fleet = await TestFleet.start();
    try {
      // The fleet under test has its own mesh of this name, and a trust domain never changes.
      for (const object of examples.filter(({ kind, metadata }) => kind !== 'Mesh' || metadata.name !== 'prod')) {
        const kind = [coreKinds.namespace, ...hubKinds].find(
          (candidate) => candidate.kind === object.kind && candidate.group === parseApiVersion(object.apiVersion).group,
        )!;
        await fleet.client.apply(kind, object, { fieldManager: 'examples' });
      }
      for (const { metadata } of examples.filter(({ kind }) => kind === 'AccessPoint')) {
        await eventually(
          () => fleet.client.get<AccessPoint>(accessPointKind, metadata.name, metadata.namespace),
          (seen) => conditionOf(seen, 'Accepted') === 'True' && conditionOf(seen, 'Placed') === 'True',
        );
      }
    } finally {
      await fleet.stop();
    }
  });
});
