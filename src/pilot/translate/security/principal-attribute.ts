import type { Principal, RuleContext } from './rbac-types';
import {
  addressRange,
  anyValue,
  claimMatcher,
  headerMatcher,
  identityMatcher,
  textClaimMatcher,
  valueMatcher,
} from './value-match';

/** Makes the condition for all of an attribute's values together; `undefined` when it cannot be said here. */
export type PrincipalOf = (values: readonly string[], context: RuleContext) => Principal | undefined;

/** Istio's name of the mesh's own trust domain, whatever it is called. */
const OWN_TRUST_DOMAIN = 'cluster.local';

/** An attribute whose values are alternatives, each a condition of its own. */
function each(make: (value: string, context: RuleContext) => Principal | undefined): PrincipalOf {
  return (values, context) => {
    const ids = values.map((value) => make(value, context));
    // An ALLOW that cannot be said whole would allow too much; a DENY goes on with what can be said, which denies more.
    if (context.action === 'ALLOW' && ids.includes(undefined)) return undefined;
    const known = ids.filter((id) => id !== undefined);
    return known.length > 0 ? { orIds: { ids: known } } : undefined;
  };
}

/** Only where requests are read. */
function http(make: PrincipalOf): PrincipalOf {
  return (values, context) => (context.forTcp ? undefined : make(values, context));
}

export const sourceAddress = each((value) => {
  const directRemoteIp = addressRange(value);
  return directRemoteIp && { directRemoteIp };
});

export const remoteAddress = each((value) => {
  const remoteIp = addressRange(value);
  return remoteIp && { remoteIp };
});

export const sourceNamespace = each((value) => identityRegex(`.*/ns/${value.replaceAll('*', '.*')}/.*`));

export const sourceServiceAccount = each((value, { namespace }) => {
  const [first = '', second] = value.split('/');
  const [ofNamespace, account] = second === undefined ? [namespace, first] : [first, second];
  return identityRegex(`spiffe://.+/ns/${ofNamespace}/(.+/|)sa/${account}(/.+)?`);
});

export const sourcePrincipal = each((value, { trustDomain }) => {
  const own = value.startsWith(`${OWN_TRUST_DOMAIN}/`)
    ? `${trustDomain}${value.slice(OWN_TRUST_DOMAIN.length)}`
    : value;
  return { authenticated: { principalName: identityMatcher(own) } };
});

function identityRegex(regex: string): Principal {
  return { authenticated: { principalName: { safeRegex: { regex } } } };
}

/** `issuer/subject` of a token; either part may be `*`, or end or begin with it. */
export const requestPrincipal = http((values) => {
  const ids = values.map((value): Principal => {
    const slash = value.lastIndexOf('/');
    const issuer = slash < 0 ? (value.startsWith('*') ? '*' : value) : value.slice(0, slash);
    const subject =
      slash < 0 ? (value.startsWith('*') ? value : value.endsWith('*') ? '*' : '') : value.slice(slash + 1);
    const claims = [textClaimMatcher('iss', valueMatcher(issuer)), textClaimMatcher('sub', valueMatcher(subject))];
    return { andIds: { ids: claims.map((metadata) => ({ metadata })) } };
  });
  const [first] = ids;
  return ids.length === 1 && first ? first : { orIds: { ids } };
});

function claim(path: readonly string[]): PrincipalOf {
  return http((values) => ({ metadata: claimMatcher(path, anyValue(values)) }));
}

function header(name: string): PrincipalOf {
  const make = each((value) => ({ header: headerMatcher(name, value) }));
  return http(make);
}

const NAMED: Readonly<Record<string, PrincipalOf>> = {
  'source.ip': sourceAddress,
  'remote.ip': remoteAddress,
  'source.namespace': sourceNamespace,
  'source.principal': sourcePrincipal,
  'source.serviceAccount': sourceServiceAccount,
  'request.auth.principal': requestPrincipal,
  'request.auth.audiences': claim(['aud']),
  'request.auth.presenter': claim(['azp']),
};

/** The attributes of `when` that speak of who asks, or of the request. */
export function principalAttribute(key: string): PrincipalOf | undefined {
  const named = NAMED[key];
  if (named) return named;
  const brackets = [...key.matchAll(/\[([^\]]+)\]/g)].map(([, name = '']) => name);
  const [first] = brackets;
  if (first === undefined) return undefined;
  if (key.startsWith('request.headers[')) return header(first);
  return key.startsWith('request.auth.claims[') ? claim(brackets) : undefined;
}
