import type { HttpMatch, StringMatch } from '../../../istio';
import { compareText } from '../../model';
import type { envoy, Route, RouteMatch } from '../../proto';
import { claimMatcher } from '../security/value-match';
import { stringMatcher } from './string-match';

type HeaderMatcher = envoy.config.route.v3.HeaderMatcher;
type MetadataMatcher = envoy.type.matcher.v3.MetadataMatcher;
type QueryParameterMatcher = envoy.config.route.v3.QueryParameterMatcher;

/** Which requests a route takes; without conditions, all. */
export function routeMatch(match: HttpMatch | undefined): RouteMatch {
  if (!match) return { prefix: '/' };
  const headers = [...headerMatchers(match), ...pseudoHeaders(match)];
  const dynamicMetadata = claimMatchers(match);
  const queryParameters = Object.entries(match.queryParams ?? {}).map(([name, value]) => queryParameter(name, value));
  return {
    ...path(match.uri),
    caseSensitive: match.ignoreUriCase !== true,
    headers: headers.length > 0 ? headers : undefined,
    queryParameters: queryParameters.length > 0 ? queryParameters : undefined,
    dynamicMetadata: dynamicMetadata.length > 0 ? dynamicMetadata : undefined,
  };
}

function path(uri: StringMatch | undefined): RouteMatch {
  if (uri?.exact) return { path: uri.exact };
  if (uri?.regex) return { safeRegex: { regex: uri.regex } };
  return { prefix: uri?.prefix || '/' };
}

function headerMatchers({ headers = {}, withoutHeaders = {} }: HttpMatch): readonly HeaderMatcher[] {
  return [
    ...realHeaders(headers).map(([name, match]) => headerMatcher(name, match)),
    ...realHeaders(withoutHeaders).map(([name, match]) => inverted(headerMatcher(name, match))),
  ].sort((left, right) => compareText(left.name ?? '', right.name ?? ''));
}

/** Claims of a validated token are matched as if they were headers of this name: `@request.auth.claims[group][id]`. */
const CLAIMS = '@request.auth.claims';

type HeaderMatches = Readonly<Record<string, StringMatch>>;

function realHeaders(headers: HeaderMatches): readonly [string, StringMatch][] {
  return Object.entries(headers).filter(([name]) => !name.startsWith(CLAIMS));
}

function claimMatchers({ headers = {}, withoutHeaders = {} }: HttpMatch): readonly MetadataMatcher[] {
  const claimsOf = (matches: HeaderMatches): readonly MetadataMatcher[] =>
    Object.entries(matches).flatMap(([name, match]) => {
      const path = claimPath(name);
      return path.length === 0 ? [] : [claimMatcher(path, { stringMatch: stringMatcher(match) ?? { prefix: '' } })];
    });
  return [...claimsOf(headers), ...claimsOf(withoutHeaders).map((matcher) => ({ ...matcher, invert: true }))];
}

/** The nested names of a claim, in brackets or after dots. */
function claimPath(name: string): readonly string[] {
  if (!name.startsWith(CLAIMS)) return [];
  const rest = name.slice(CLAIMS.length);
  if (rest.startsWith('.')) return rest.slice(1).split('.');
  return [...rest.matchAll(/\[([^\]]+)\]/g)].map(([, part = '']) => part);
}

function headerMatcher(name: string, match: StringMatch): HeaderMatcher {
  const value = stringMatcher(match);
  return value ? { name, stringMatch: value } : { name, presentMatch: true };
}

/** A header that is not sent at all does not have the value either, and so fits. */
function inverted(matcher: HeaderMatcher): HeaderMatcher {
  const treatMissing = matcher.stringMatch ? { treatMissingHeaderAsEmpty: true } : {};
  return { ...matcher, invertMatch: true, ...treatMissing };
}

function pseudoHeaders({ method, authority, scheme }: HttpMatch): readonly HeaderMatcher[] {
  return [
    ...(method ? [headerMatcher(':method', method)] : []),
    ...(authority ? [headerMatcher(':authority', authority)] : []),
    ...(scheme ? [headerMatcher(':scheme', scheme)] : []),
  ];
}

function queryParameter(name: string, match: StringMatch): QueryParameterMatcher {
  const value = stringMatcher(match);
  return value ? { name, stringMatch: value } : { name, presentMatch: true };
}

/** Whether a route takes every request, so that nothing after it is reached. */
export function isCatchAll({ match }: Route): boolean {
  if (match?.prefix !== '/' && match?.safeRegex?.regex !== '*') return false;
  return !match.headers?.length && !match.queryParameters?.length && !match.dynamicMetadata?.length;
}

/** The same routes with those that take everything last, so that the routes of other VirtualServices are reached. */
export function catchAllLast(routes: readonly Route[]): readonly Route[] {
  return [...routes.filter((route) => !isCatchAll(route)), ...routes.filter(isCatchAll)];
}
