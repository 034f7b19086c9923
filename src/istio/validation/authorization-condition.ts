import type { Faults, Field } from '../findings';
import { addressFaults, emptyValueFaults, portTextFaults, serviceAccountFaults } from './authorization-values';

/** Attributes by which conditions tell requests apart, and what their values are. */
const ATTRIBUTES: ReadonlyMap<string, 'text' | 'address' | 'port' | 'serviceAccount'> = new Map([
  ['source.ip', 'address'],
  ['remote.ip', 'address'],
  ['destination.ip', 'address'],
  ['destination.port', 'port'],
  ['source.serviceAccount', 'serviceAccount'],
  ['source.namespace', 'text'],
  ['source.principal', 'text'],
  ['source.trustDomain', 'text'],
  ['request.auth.principal', 'text'],
  ['request.auth.audiences', 'text'],
  ['request.auth.presenter', 'text'],
  ['connection.sni', 'text'],
]);

const MAPS = ['request.headers', 'request.auth.claims', 'experimental.envoy.filters.'];

/** Attributes that were there once. */
const GONE = ['destination.namespace', 'destination.labels', 'destination.name', 'destination.user'];

/** One entry of `when`. */
export function* conditionFaults(condition: Field, action: string): Faults {
  const key = condition.at('key');
  const text = key.text;
  if (text === undefined) return;
  if (text === '') yield { code: 'FLO8124', path: key.path, message: 'a condition needs a key' };
  else yield* keyFaults(key, text, action);
  const values = condition.among(['values', 'notValues']);
  if (values.every(({ items }) => items.length === 0))
    yield { code: 'FLO8124', path: condition.path, message: `the condition on ${text} has no values` };
  for (const list of values) yield* valueFaults(list, text);
}

function* keyFaults({ path }: Field, key: string, action: string): Faults {
  const custom = ['source.namespace', 'source.principal'].includes(key) || key.startsWith('request.auth.');
  if (action === 'CUSTOM' && custom) yield { code: 'FLO8120', path, message: `CUSTOM cannot look at ${key}` };
  if (ATTRIBUTES.has(key)) return;
  const map = MAPS.find((prefix) => key.startsWith(prefix));
  if (map === undefined) {
    const gone = GONE.some((name) => key.startsWith(name));
    const message = gone ? `${key} is no attribute any more` : `there is no attribute "${key}"`;
    yield {
      code: 'FLO8124',
      path,
      message,
      hint: `use ${[...ATTRIBUTES.keys()].slice(0, 3).join(', ')}, request.headers[…] or request.auth.claims[…]`,
    };
  } else if (!/^[^[\]]+(\[[^[\]]+\])+$/.test(key))
    yield { code: 'FLO8124', path, message: `"${key}" names no entry`, hint: `write ${map}[name]` };
}

function* valueFaults(list: Field, key: string): Faults {
  yield* emptyValueFaults(list);
  const kind = ATTRIBUTES.get(key);
  if (kind === 'address') yield* addressFaults(list);
  if (kind === 'port') yield* portTextFaults(list);
  if (kind === 'serviceAccount') yield* serviceAccountFaults(list);
}
