import type { Faults, Field } from '../findings';
import { durationFaults, oneOfFaults } from './basics';
import { headerNameFaults } from './headers';
import { policyTargetFaults } from './selectors';

/** security.istio.io RequestAuthentication, as istiod's webhook judges it. */
export function* requestAuthenticationFaults(object: Field): Faults {
  const spec = object.at('spec');
  yield* policyTargetFaults(spec);
  for (const rule of spec.at('jwtRules').items) yield* tokenRuleFaults(rule);
}

const TEXT_LISTS = ['audiences', 'fromParams', 'fromCookies', 'spaceDelimitedClaims'];

function* tokenRuleFaults(rule: Field): Faults {
  yield* filledFaults(rule.at('issuer'), 'the issuer');
  for (const list of TEXT_LISTS)
    for (const { field } of rule.at(list).texts) yield* filledFaults(field, `an entry of ${list}`);
  for (const header of rule.at('fromHeaders').items) yield* filledFaults(header.at('name'), 'the name of a header');
  for (const output of rule.at('outputClaimToHeaders').items) {
    yield* filledFaults(output.at('claim'), 'the claim');
    const header = output.at('header');
    if (header.text !== undefined) yield* headerNameFaults(header, header.text);
  }
  yield* oneOfFaults(rule, ['jwks', 'jwksUri']);
  yield* keysFaults(rule);
  yield* durationFaults(rule.at('timeout'));
}

function* filledFaults({ text, path }: Field, what: string): Faults {
  if (text === '') yield { code: 'FLO8135', path, message: `${what} must not be empty` };
}

function* keysFaults(rule: Field): Faults {
  const [uri, keys] = [rule.at('jwksUri'), rule.at('jwks')];
  if (uri.text !== undefined && !/^https?:\/\/[^\s/]+/.test(uri.text))
    yield {
      code: 'FLO8135',
      path: uri.path,
      message: `"${uri.text}" is no address of keys: it begins with https:// or http://`,
    };
  if (uri.text !== undefined && uri.text.length > 2048)
    yield { code: 'FLO8135', path: uri.path, message: 'longer than 2048 characters' };
  if ((keys.text ?? '') !== '' && !isKeySet(keys.text ?? ''))
    yield { code: 'FLO8135', path: keys.path, message: 'jwks is no JSON Web Key Set (RFC 7517)' };
}

/** A set of keys, or one key. */
function isKeySet(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    const field = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    const keys = field.find(([name]) => name === 'keys')?.[1] as unknown;
    return Array.isArray(keys) || field.some(([name]) => name === 'kty');
  } catch {
    return false;
  }
}
