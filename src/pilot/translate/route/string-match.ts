import type { StringMatch } from '../../../istio';
import type { envoy } from '../../proto';

type EnvoyStringMatch = envoy.type.matcher.v3.StringMatcher;

/** The Envoy form; `undefined` when the match only asks that the value is there (Istio takes the regex `*` for that too). */
export function stringMatcher(match: StringMatch | undefined): EnvoyStringMatch | undefined {
  if (match?.exact !== undefined) return { exact: match.exact };
  if (match?.prefix !== undefined) return { prefix: match.prefix };
  if (match?.regex === undefined || match.regex === '*') return undefined;
  return { safeRegex: { regex: match.regex } };
}
