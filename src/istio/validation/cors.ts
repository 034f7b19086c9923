import type { Faults, Field } from '../findings';
import { deprecatedFaults, durationFaults, durationNs } from './basics';
import { headerNameFaults } from './headers';
import { stringMatchFaults } from './string-match';

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE'];

/** Istio's CorsPolicy. */
export function* corsFaults(cors: Field): Faults {
  if (!cors.given) return;
  yield* deprecatedFaults(cors.at('allowOrigin'), 'allowOrigins');
  for (const origin of cors.at('allowOrigins').items) yield* originFaults(origin);
  for (const { text, field } of cors.at('allowMethods').texts) {
    if (!METHODS.includes(text)) yield { code: 'FLO8053', path: field.path, message: `"${text}" is no HTTP method` };
  }
  for (const list of ['allowHeaders', 'exposeHeaders']) {
    for (const { text, field } of cors.at(list).texts) if (text !== '*') yield* headerNameFaults(field, text);
  }
  const age = cors.at('maxAge');
  yield* durationFaults(age);
  const ns = age.text === undefined ? undefined : durationNs(age.text);
  if (ns !== undefined && ns >= 1e6 && ns % 1e9 !== 0)
    yield { code: 'FLO8053', path: age.path, message: `browsers know no ${age.text}: maxAge is in whole seconds` };
}

function* originFaults(origin: Field): Faults {
  const texts = ['exact', 'prefix', 'regex'].map((name) => origin.at(name).text ?? '');
  if (texts.every((text) => text === ''))
    yield {
      code: 'FLO8053',
      path: origin.path,
      message: 'an origin that matches nothing: give exact, prefix or regex',
    };
  else yield* stringMatchFaults(origin);
}
