import { formatTime } from '../../../kernel';
import type { KubeObject } from '../../schema';
import { ApiError, badRequest, notFound } from '../api-error';
import { accountOf } from '../authentication/service-account-user';
import type { ServiceAccountTokens } from '../authentication/service-account-tokens';
import type { ObjectStore } from '../storage';

const DEFAULT_SECONDS = 3600;
const SHORTEST_SECONDS = 600;
const LONGEST_SECONDS = 2 ** 32;

interface TokenRequestSpec {
  readonly audiences?: readonly string[];
  readonly expirationSeconds?: number;
  readonly boundObjectRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
}

/** What issuing a token needs. */
export interface TokenRequestContext {
  readonly tokens: ServiceAccountTokens;
  readonly store: ObjectStore;
  readonly nowMs: number;
}

/**
 * TokenRequest: a signed token of a service account, bound to audiences, a time and perhaps a pod or secret.
 * https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
 * @throws ApiError 400, 404, 409
 */
export function requestToken(request: KubeObject, account: KubeObject, context: TokenRequestContext): KubeObject {
  const { tokens, nowMs } = context;
  const spec = (request.spec ?? {}) as TokenRequestSpec;
  const audiences = (spec.audiences ?? []).length > 0 ? (spec.audiences ?? []) : [tokens.issuer];
  const seconds = spec.expirationSeconds ?? DEFAULT_SECONDS;
  if (seconds < SHORTEST_SECONDS || seconds > LONGEST_SECONDS) {
    throw badRequest(
      `spec.expirationSeconds: Invalid value: ${seconds}: may not specify a duration less than 10 minutes or more than 2^32 seconds`,
    );
  }
  const namespace = account.metadata.namespace ?? '';
  const issuedAt = Math.floor(nowMs / 1000);
  const token = tokens.sign({
    sub: `system:serviceaccount:${namespace}:${account.metadata.name}`,
    aud: audiences,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + seconds,
    'kubernetes.io': { namespace, serviceaccount: accountOf(account), ...boundTo(spec, namespace, context.store) },
  });
  return {
    ...request,
    metadata: { name: account.metadata.name, namespace, creationTimestamp: formatTime(nowMs) },
    spec: { ...spec, audiences, expirationSeconds: seconds },
    status: { token, expirationTimestamp: formatTime((issuedAt + seconds) * 1000) },
  };
}

type BoundKind = 'pod' | 'secret';
const BOUND: Readonly<Record<string, readonly [BoundKind, string]>> = {
  Pod: ['pod', 'pods'],
  Secret: ['secret', 'secrets'],
};

function boundTo({ boundObjectRef }: TokenRequestSpec, namespace: string, store: ObjectStore): object {
  if (boundObjectRef === undefined) return {};
  const [claim, plural] = BOUND[boundObjectRef.kind ?? ''] ?? [];
  if (claim === undefined || plural === undefined)
    throw badRequest(`cannot bind token to object of type ${boundObjectRef.kind ?? ''}`);
  const name = boundObjectRef.name ?? '';
  const found = store.get({ resource: plural, namespace, name });
  if (found === undefined) throw notFound({ group: '', plural }, name);
  if (boundObjectRef.uid !== undefined && boundObjectRef.uid !== found.uid) {
    throw new ApiError(
      'Conflict',
      `the UID in the bound object reference (${boundObjectRef.uid}) does not match the UID in record (${found.uid})`,
    );
  }
  return { [claim]: { name, uid: found.uid } };
}
