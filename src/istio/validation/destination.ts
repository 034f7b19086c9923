import type { Faults, Field } from '../findings';
import { hostFaults } from './basics';
import { isDnsLabel } from './names';

/** Istio's Destination: a host, and a subset whose name is a DNS label. */
export function* destinationFaults(destination: Field): Faults {
  const host = destination.at('host');
  if (host.text === '*')
    yield { code: 'FLO8047', path: host.path, message: 'a destination is one host, not every one' };
  else if (host.text !== undefined) yield* hostFaults(host, host.text);
  const subset = destination.at('subset');
  if ((subset.text ?? '') !== '') yield* subsetNameFaults(subset, subset.text ?? '');
}

/** The name of a subset. */
export function* subsetNameFaults(field: Field, name: string): Faults {
  if (name === '') yield { code: 'FLO8081', path: field.path, message: 'a subset needs a name' };
  else if (!isDnsLabel(name))
    yield { code: 'FLO8081', path: field.path, message: `"${name}" cannot name a subset: it is not a DNS label` };
}

/** Weights of destinations: no negative ones, and not all of several 0. */
export function* weightFaults(route: Field): Faults {
  const weights = route.items.map((destination) => destination.at('weight'));
  for (const { number, path } of weights) {
    if ((number ?? 0) < 0) yield { code: 'FLO8048', path, message: `a weight of ${number} is less than nothing` };
  }
  const sum = weights.reduce((total, { number }) => total + (number ?? 0), 0);
  if (route.items.length > 1 && sum === 0)
    yield { code: 'FLO8048', path: route.path, message: 'all weights are 0, so no destination gets anything' };
}
