import type { StringMatch } from '../../../istio';
import type { envoy } from '../../proto';

type EnvoyStringMatch = envoy.type.matcher.v3.StringMatcher;

/** Whether a match says nothing but that the value is there. */
export function matchesAnything(match: StringMatch | undefined): boolean {
  if (!match) return true;
  return !match.exact && !match.prefix && (!match.regex || match.regex === '*');
}

/** The Envoy form; `undefined` when the match accepts any value. */
export function stringMatcher(match: StringMatch | undefined): EnvoyStringMatch | undefined {
  if (!match || matchesAnything(match)) return undefined;
  if (match.exact) return { exact: match.exact };
  if (match.prefix) return { prefix: match.prefix };
  return { safeRegex: { regex: match.regex } };
}
