import type { Faults, Field } from '../findings';

/** Istio's LocalityLoadBalancerSetting. */
export function* localityFaults(setting: Field, hasOutlierDetection: boolean): Faults {
  if (!setting.given) return;
  const [distribute, failover, priority] = [
    setting.at('distribute'),
    setting.at('failover'),
    setting.at('failoverPriority'),
  ];
  if (distribute.items.length > 0 && failover.items.length > 0)
    yield { code: 'FLO8075', path: failover.path, message: 'distribute and failover exclude one another' };
  yield* priorityFaults(failover, priority);
  for (const rule of distribute.items) yield* distributionFaults(rule.at('to'));
  const sources = distribute.items.map((rule) => rule.at('from'));
  yield* patternFaults(sources.flatMap((field) => (field.text === undefined ? [] : [{ text: field.text, field }])));
  yield* overlapFaults(sources);
  for (const rule of failover.items) yield* failoverFaults(rule);
  if (failover.items.length + priority.items.length > 0 && !hasOutlierDetection)
    yield {
      code: 'FLO8079',
      path: setting.path,
      message: 'without outlierDetection no host is ever found dead, so nothing fails over',
    };
}

const TOPOLOGY = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'topology.istio.io/subzone'];

function* priorityFaults(failover: Field, priority: Field): Faults {
  if (failover.items.length === 0) return;
  for (const { text, field } of priority.texts) {
    if (TOPOLOGY.includes(text))
      yield { code: 'FLO8075', path: field.path, message: `failover orders by ${text} already` };
  }
}

function* distributionFaults(to: Field): Faults {
  const weights = to.entries;
  for (const [locality, { number, path }] of weights) {
    if (number !== undefined && (number < 1 || number > 100)) {
      const hint = number === 0 ? 'leave a locality out that is to get nothing' : 'write a percentage';
      yield { code: 'FLO8076', path, message: `the weight of ${locality} is ${number}, not 1 to 100`, hint };
    }
  }
  const sum = weights.reduce((total, [, { number }]) => total + (number ?? 0), 0);
  if (sum !== 100) yield { code: 'FLO8076', path: to.path, message: `the weights sum to ${sum}, not to 100` };
  const places = weights.map(([text, field]) => ({ text, field }));
  yield* patternFaults(places);
  for (const [index, { text, field }] of places.entries()) {
    const other = places.find((place, at) => at !== index && localityCovers(place.text, text));
    if (other === undefined) continue;
    const message = `"${text}" also fits "${other.text}", and which of the two an endpoint counts for is a matter of chance: the split holds on one push and is even on the next`;
    yield { code: 'FLO8078', path: field.path, message };
  }
}

function* patternFaults(places: Field['texts']): Faults {
  for (const { text, field } of places) {
    const { path } = field;
    const stars = text.split('*').length - 1;
    if (stars > 1 || (stars === 1 && !text.endsWith('*')))
      yield { code: 'FLO8077', path, message: `"${text}": a locality has at most one *, at its end` };
    else if (text.split('/').slice(0, 3).includes(''))
      yield { code: 'FLO8077', path, message: `"${text}": region, zone and subzone must not be empty` };
  }
}

/** A `from` that an earlier one has taken already. */
function* overlapFaults(sources: readonly Field[]): Faults {
  for (const [index, { text, path }] of sources.entries()) {
    if (text === undefined) continue;
    const earlier = sources
      .slice(0, index)
      .find((other) => other.text !== undefined && localityCovers(other.text, text));
    if (earlier !== undefined)
      yield { code: 'FLO8077', path, message: `"${text}" overlaps with "${earlier.text}" at ${earlier.path}` };
  }
}

function* failoverFaults(rule: Field): Faults {
  const [from, to] = [rule.at('from'), rule.at('to')];
  if (from.text !== undefined && from.text === to.text)
    yield { code: 'FLO8082', path: to.path, message: `a region cannot fail over to itself ("${from.text}")` };
  for (const { text, path } of [from, to]) {
    if (text !== undefined && /[/*]/.test(text))
      yield { code: 'FLO8082', path, message: `"${text}" is no region: failover knows regions only, without / and *` };
  }
}

/** Whether a locality pattern takes everything that the other takes. A pattern without subzone stands for all of them. */
export function localityCovers(pattern: string, locality: string): boolean {
  const wanted = pattern.split('/');
  const given = locality.split('/');
  for (const [index, part] of wanted.entries()) {
    if (part === '*') return true;
    if (given[index] !== part) return false;
  }
  return true;
}
