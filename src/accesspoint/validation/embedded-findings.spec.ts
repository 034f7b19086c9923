import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { validateIstioObject } from '../../istio/validation';
import type { KubeObject } from '../../kube/schema';

const folder = join(__dirname, '..', 'render', 'testdata');
const outputs = readdirSync(folder).filter((name) => name.endsWith('.out.yaml'));

describe('what Flotilla renders', () => {
  it.each(outputs)('%s is valid for Istio', (name) => {
    const objects = parseAllDocuments(readFileSync(join(folder, name), 'utf8'))
      .map((document) => document.toJS() as KubeObject | null)
      .filter((object) => object !== null);
    expect(
      objects.flatMap((object) => validateIstioObject(object)).filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
  });
});
