import type { Faults, Field } from '../findings';
import { labelFaults } from './basics';
import { gatewayNamesFaults } from './gateway-names';
import { headerNameFaults } from './headers';
import { isDnsLabel } from './names';
import { stringMatchFaults } from './string-match';

/** What the route around a match is. */
export interface MatchContext {
  /** The route delegates, or is of a delegate: expressions are not supported there. */
  readonly delegates: boolean;
  /** The VirtualService is for gateways only. */
  readonly atGateway: boolean;
}

/** Headers that stand for a claim of the request's token: `@request.auth.claims.group` or `@request.auth.claims[group]`. */
const CLAIM = /^@request\.auth\.claims(\.|\[)/i;

/** Istio's HTTPMatchRequest. */
export function* httpMatchFaults(match: Field, context: MatchContext): Faults {
  for (const name of ['uri', 'scheme', 'method', 'authority']) yield* valueFaults(match.at(name), context);
  for (const [, value] of match.at('queryParams').entries) yield* valueFaults(value, context);
  for (const list of ['headers', 'withoutHeaders']) {
    for (const [name, value] of match.at(list).entries) {
      yield* claimFaults(value, name, context);
      yield* valueFaults(value, context);
    }
  }
  yield* labelFaults(match.at('sourceLabels'));
  yield* gatewayNamesFaults(match.at('gateways'));
  const namespace = match.at('sourceNamespace');
  if ((namespace.text ?? '') !== '' && !isDnsLabel(namespace.text ?? ''))
    yield { code: 'FLO8063', path: namespace.path, message: `"${namespace.text}" is no namespace` };
}

function* claimFaults(value: Field, name: string, { atGateway }: MatchContext): Faults {
  if (!CLAIM.test(name)) yield* headerNameFaults(value, name);
  else if (!atGateway)
    yield { code: 'FLO8062', path: value.path, message: 'only gateways can route by the claims of a token' };
}

function* valueFaults(value: Field, { delegates }: MatchContext): Faults {
  if (!value.given) return;
  if (delegates && value.at('regex').given) {
    const message = 'where routes are delegated, matches are exact or by prefix';
    yield { code: 'FLO8040', path: value.at('regex').path, message, hint: 'use exact or prefix' };
  } else yield* stringMatchFaults(value);
}
