import type { envoy } from '../../proto';

type StringMatcher = envoy.type.matcher.v3.StringMatcher;
type HeaderMatcher = envoy.config.route.v3.HeaderMatcher;
type MetadataMatcher = envoy.type.matcher.v3.MetadataMatcher;
type ValueMatcher = envoy.type.matcher.v3.ValueMatcher;

const JWT_FILTER = 'envoy.filters.http.jwt_authn';

/** Key under which the JWT filter keeps the claims of a token. */
export const JWT_PAYLOAD = 'payload';

/** Istio's forms of a value: `*` anything, `abc*` a prefix, `*abc` a suffix, otherwise the text itself. */
export function valueMatcher(value: string): StringMatcher {
  if (value === '*') return { safeRegex: { regex: '.+' } };
  if (value.startsWith('*')) return { suffix: value.slice(1) };
  if (value.endsWith('*')) return { prefix: value.slice(0, -1) };
  return { exact: value };
}

/** The same for a SPIFFE identity written without its scheme. */
export function identityMatcher(value: string): StringMatcher {
  const scheme = 'spiffe://';
  if (value === '*') return valueMatcher(value);
  if (value.startsWith('*')) return { safeRegex: { regex: `${scheme}.*${value.slice(1)}` } };
  return valueMatcher(scheme + value);
}

/** A header that fits a value, or is there at all. */
export function headerMatcher(name: string, value: string, ignoreCase = false): HeaderMatcher {
  if (value === '*') return { name, presentMatch: true };
  return { name, stringMatch: { ...valueMatcher(value), ...(ignoreCase ? { ignoreCase } : {}) } };
}

/** A claim of the token, a text or a list of texts, of which one fits. */
export function claimMatcher(claims: readonly string[], value: ValueMatcher): MetadataMatcher {
  return {
    filter: JWT_FILTER,
    path: [JWT_PAYLOAD, ...claims].map((key) => ({ key })),
    value: { orMatch: { valueMatchers: [{ listMatch: { oneOf: value } }, value] } },
  };
}

/** A claim that is one text. */
export function textClaimMatcher(claim: string, value: StringMatcher): MetadataMatcher {
  return { filter: JWT_FILTER, path: [{ key: JWT_PAYLOAD }, { key: claim }], value: { stringMatch: value } };
}

/** Any of some values. */
export function anyValue(values: readonly string[]): ValueMatcher {
  const matchers = values.map((value): ValueMatcher => ({ stringMatch: valueMatcher(value) }));
  const [first] = matchers;
  return matchers.length === 1 && first ? first : { orMatch: { valueMatchers: matchers } };
}

/** An address range, `10.0.0.0/8` or one address; `undefined` when it is neither. */
export function addressRange(text: string): { readonly addressPrefix: string; readonly prefixLen: number } | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const bits = address.includes(':') ? 128 : 32;
  const prefixLen = length === undefined ? bits : Number(length);
  const valid =
    rest.length === 0 && /^[0-9a-fA-F.:]+$/.test(address) && Number.isInteger(prefixLen) && prefixLen <= bits;
  return valid && prefixLen >= 0 ? { addressPrefix: address, prefixLen } : undefined;
}
