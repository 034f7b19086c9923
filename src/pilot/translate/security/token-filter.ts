import type { JwtRule } from '../../../istio';
import { compareText, type MeshModel, portOf, type Proxy } from '../../model';
import { anyOf, type envoy, type HttpFilter } from '../../proto';
import { outboundClusterName } from '../names';
import { durationOf } from '../proto-duration';
import { findService } from '../visible-services';
import { JWT_PAYLOAD } from './value-match';

type JwtProvider = envoy.extensions.filters.http.jwt_authn.v3.JwtProvider;
type JwtRequirement = envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement;

/** Claims that are lists written with spaces (RFC 8693 §4.2), beside those that a rule names. */
const SPACE_DELIMITED_CLAIMS = ['permission', 'scope'];

/** Keys that no token is signed with: what is left when keys cannot be had is that every token is refused. */
const NO_KEYS = '{"keys":[]}';

/**
 * The filter that checks tokens as a workload's RequestAuthentications say: a token that is there must be valid; that there
 * is one is for authorization to demand. Empty when no rule applies.
 */
export function tokenFilters(model: MeshModel, proxy: Proxy): readonly HttpFilter[] {
  const rules = model.requestAuthentications
    .forProxy(proxy)
    .flatMap(({ spec }) => spec?.jwtRules ?? [])
    .sort((left, right) => compareText(left.issuer, right.issuer));
  if (rules.length === 0) return [];
  const providers = rules.map((rule, index): [string, JwtProvider] => [
    `origins-${index}`,
    provider(rule, model, proxy),
  ]);
  return [
    {
      name: 'envoy.filters.http.jwt_authn',
      typedConfig: anyOf('envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication', {
        providers: Object.fromEntries(providers),
        rules: [{ match: { prefix: '/' }, requires: requirement(providers.map(([name]) => name)) }],
        bypassCorsPreflight: true,
      }),
    },
  ];
}

/** One provider: its token or none. Several: a valid token of one, or nothing invalid of any. */
function requirement(names: readonly string[]): JwtRequirement {
  const validOrMissing = names.map((providerName): JwtRequirement => ({
    requiresAny: { requirements: [{ providerName }, { allowMissing: {} }] },
  }));
  const [only] = validOrMissing;
  if (validOrMissing.length === 1 && only) return only;
  const valid = names.map((providerName): JwtRequirement => ({ providerName }));
  return { requiresAny: { requirements: [...valid, { requiresAll: { requirements: validOrMissing } }] } };
}

function provider(rule: JwtRule, model: MeshModel, proxy: Proxy): JwtProvider {
  const { fromHeaders, fromParams, fromCookies, outputClaimToHeaders, spaceDelimitedClaims = [] } = rule;
  return {
    issuer: rule.issuer,
    audiences: rule.audiences?.length ? rule.audiences : undefined,
    ...keys(rule, model, proxy),
    forward: rule.forwardOriginalToken || undefined,
    fromHeaders: fromHeaders?.map(({ name, prefix }) => ({ name, valuePrefix: prefix || undefined })),
    fromParams,
    fromCookies,
    forwardPayloadHeader: rule.outputPayloadToHeader || undefined,
    payloadInMetadata: JWT_PAYLOAD,
    normalizePayloadInMetadata: { spaceDelimitedClaims: [...SPACE_DELIMITED_CLAIMS, ...spaceDelimitedClaims] },
    claimToHeaders: outputClaimToHeaders?.map(({ header, claim }) => ({ headerName: header, claimName: claim })),
  };
}

/** The keys themselves; or where the proxy fetches them, when that is a service it can call. */
function keys({ jwks, jwksUri, timeout }: JwtRule, model: MeshModel, proxy: Proxy): Partial<JwtProvider> {
  if (jwks) return { localJwks: { inlineString: jwks } };
  const cluster = jwksUri === undefined ? undefined : keyServer(jwksUri, model, proxy);
  if (jwksUri === undefined || cluster === undefined) return { localJwks: { inlineString: NO_KEYS } };
  return {
    remoteJwks: {
      httpUri: { uri: jwksUri, cluster, timeout: durationOf(timeout) ?? '5s' },
      cacheDuration: '300s',
    },
  };
}

function keyServer(jwksUri: string, model: MeshModel, proxy: Proxy): string | undefined {
  if (!URL.canParse(jwksUri)) return undefined;
  const { hostname, port, protocol } = new URL(jwksUri);
  const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  const service = findService(model, proxy, hostname);
  return service && portOf(service, number) ? outboundClusterName(hostname, number) : undefined;
}
