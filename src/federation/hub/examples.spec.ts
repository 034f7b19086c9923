import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { AccessPoint } from '../../accesspoint';
import { accessPointKind } from '../../accesspoint';
import { type KubeObject, parseApiVersion } from '../../kube/schema';
import { renderOffline } from '../offline';
import { hubKinds } from './hub-kinds';
import { conditionOf, eventually, TestFleet } from './testing/test-fleet';

jest.setTimeout(90_000);

const folder = join(__dirname, '../../../deploy/examples');
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
  });

  it('are taken by the hub as they stand, and accepted', async () => {
    const fleet = await TestFleet.start();
    try {
      // The fleet under test has its own mesh of this name, and a trust domain never changes.
      for (const object of examples.filter(({ kind }) => kind !== 'Mesh')) {
        const kind = hubKinds.find(
          (candidate) => candidate.kind === object.kind && candidate.group === parseApiVersion(object.apiVersion).group,
        )!;
        await fleet.client.apply(kind, object, { fieldManager: 'examples' });
      }
      const names = examples.filter(({ kind }) => kind === 'AccessPoint').map(({ metadata }) => metadata.name);
      for (const name of names) {
        await eventually(
          () => fleet.client.get<AccessPoint>(accessPointKind, name, 'shop'),
          (seen) => conditionOf(seen, 'Accepted') === 'True' && conditionOf(seen, 'Placed') === 'True',
        );
      }
    } finally {
      await fleet.stop();
    }
  });
});
