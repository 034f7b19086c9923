import type { Faults, Field } from '../findings';
import { labelFaults } from './basics';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DRY_RUN = 'istio.io/dry-run';

/** Name, namespace, labels and annotations, as every API server judges them, and what only some kinds may carry. */
export function* metadataFaults(object: Field): Faults {
  const metadata = object.at('metadata');
  yield* nameFaults(metadata);
  for (const map of metadata.among(['labels', 'annotations'])) yield* textMapFaults(map);
  for (const fault of labelFaults(metadata.at('labels'))) yield { ...fault, code: 'FLO8004' };
  const dryRun = metadata.at('annotations').entries.find(([key]) => key === DRY_RUN);
  if (dryRun !== undefined && object.at('kind').text !== 'AuthorizationPolicy')
    yield { code: 'FLO8127', path: dryRun[1].path, message: `${DRY_RUN} is for AuthorizationPolicies only` };
}

function* nameFaults(metadata: Field): Faults {
  const [name, namespace] = [metadata.at('name'), metadata.at('namespace')];
  if (!name.given && !metadata.at('generateName').given)
    yield { code: 'FLO8003', path: 'metadata.name', message: 'name is missing' };
  if (name.given && !fits(name, SUBDOMAIN, 253))
    yield {
      code: 'FLO8004',
      path: name.path,
      message: `${JSON.stringify(name.value)} cannot be the name of an object`,
    };
  if (namespace.given && !fits(namespace, LABEL, 63))
    yield {
      code: 'FLO8004',
      path: namespace.path,
      message: `${JSON.stringify(namespace.value)} cannot be a namespace`,
    };
}

function fits({ text }: Field, form: RegExp, longest: number): boolean {
  return text !== undefined && text.length <= longest && form.test(text);
}

function* textMapFaults(map: Field): Faults {
  for (const [key, { text, path }] of map.entries) {
    if (text === undefined)
      yield { code: 'FLO8004', path, message: `the value of "${key}" must be a text`, hint: 'put it into quotes' };
  }
}
