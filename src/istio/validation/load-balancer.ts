import type { Faults, Field } from '../findings';
import { durationsFaults, oneOfFaults } from './basics';
import { localityFaults } from './locality-lb-setting';

const HASHES = ['httpHeaderName', 'httpCookie', 'useSourceIp', 'httpQueryParameterName'];
/** Envoy's largest Maglev table. */
const LARGEST_TABLE = 5_000_011;

/** Istio's LoadBalancerSettings. */
export function* loadBalancerFaults(settings: Field, hasOutlierDetection: boolean): Faults {
  if (!settings.given) return;
  yield* oneOfFaults(settings, ['simple', 'consistentHash']);
  yield* consistentHashFaults(settings.at('consistentHash'));
  yield* localityFaults(settings.at('localityLbSetting'), hasOutlierDetection);
  yield* durationsFaults(settings, ['warmupDurationSecs']);
  yield* durationsFaults(settings.at('warmup'), ['duration']);
  yield* oneOfFaults(settings, ['warmupDurationSecs', 'warmup']);
}

function* consistentHashFaults(hash: Field): Faults {
  yield* oneOfFaults(hash, HASHES);
  yield* oneOfFaults(hash, ['ringHash', 'maglev']);
  if (hash.at('httpCookie').at('name').text === '')
    yield { code: 'FLO8074', path: hash.at('httpCookie').at('name').path, message: 'the cookie needs a name' };
  const size = hash.at('minimumRingSize');
  if ((size.number ?? 0) !== 0) {
    yield {
      code: 'FLO8019',
      path: size.path,
      message: 'minimumRingSize is deprecated',
      hint: 'use ringHash.minimumRingSize',
    };
    if (hash.among(['ringHash', 'maglev']).length > 0)
      yield { code: 'FLO8074', path: size.path, message: 'minimumRingSize and ringHash or maglev exclude one another' };
  }
  if (hash.at('maglev').given) yield* maglevFaults(hash.at('maglev'));
}

function* maglevFaults(maglev: Field): Faults {
  const size = maglev.at('tableSize');
  const { number = 0 } = size;
  if (number === 0)
    yield { code: 'FLO8074', path: size.path, message: 'maglev needs a tableSize', hint: 'write for example 65537' };
  else if (number >= LARGEST_TABLE)
    yield {
      code: 'FLO8074',
      path: size.path,
      message: `a table of ${number} is too large: less than ${LARGEST_TABLE}`,
    };
  else if (!isPrime(number))
    yield {
      code: 'FLO8074',
      path: size.path,
      message: `${number} is no prime number`,
      hint: 'write for example 65537',
    };
}

function isPrime(number: number): boolean {
  if (number < 2) return false;
  for (let factor = 2; factor * factor <= number; factor += 1) if (number % factor === 0) return false;
  return true;
}
