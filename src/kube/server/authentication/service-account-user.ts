import type { KubeObject } from '../../schema';
import type { UserInfo } from '../registry/write-request';
import type { ObjectStore } from '../storage';
import type { Authenticator } from './authenticate';
import type { ServiceAccountTokens, TokenClaims } from './service-account-tokens';

/** Finds out whether a service account token is to be believed for one of some audiences. */
export class ServiceAccountUsers {
  constructor(
    private readonly tokens: ServiceAccountTokens,
    private readonly store: ObjectStore,
    private readonly nowMs: () => number,
  ) {}

  /** Believes tokens meant for this server. */
  get authenticator(): Authenticator {
    return ({ bearerToken }) => {
      const found = bearerToken === undefined ? undefined : this.userOf(bearerToken, [this.tokens.issuer]);
      return found?.user;
    };
  }

  /** The user of a valid token, and the audiences that both sides name; undefined when the token proves nothing. */
  userOf(
    token: string,
    audiences: readonly string[],
  ): { readonly user: UserInfo; readonly audiences: readonly string[] } | undefined {
    const claims = this.tokens.verify(token, this.nowMs());
    const shared = claims?.aud.filter((audience) => audiences.includes(audience)) ?? [];
    if (claims === undefined || shared.length === 0 || !this.stillBound(claims)) return undefined;
    return { user: serviceAccountUser(claims), audiences: shared };
  }

  /** A token ends with the account, and with the pod or secret it was made for. */
  private stillBound(claims: TokenClaims): boolean {
    const { namespace, serviceaccount, pod, secret } = claims['kubernetes.io'];
    return (
      this.exists('serviceaccounts', namespace, serviceaccount) &&
      (pod === undefined || this.exists('pods', namespace, pod)) &&
      (secret === undefined || this.exists('secrets', namespace, secret))
    );
  }

  private exists(
    resource: string,
    namespace: string,
    { name, uid }: { readonly name: string; readonly uid: string },
  ): boolean {
    return this.store.get({ resource, namespace, name })?.uid === uid;
  }
}

function serviceAccountUser(claims: TokenClaims): UserInfo {
  const { namespace, serviceaccount, pod, node } = claims['kubernetes.io'];
  const extra: Record<string, readonly string[]> = {
    'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`],
  };
  if (pod !== undefined) {
    extra['authentication.kubernetes.io/pod-name'] = [pod.name];
    extra['authentication.kubernetes.io/pod-uid'] = [pod.uid];
  }
  if (node !== undefined) extra['authentication.kubernetes.io/node-name'] = [node.name];
  return {
    name: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra,
  };
}

/** The account as a token names it. */
export function accountOf({ metadata }: KubeObject): { readonly name: string; readonly uid: string } {
  return { name: metadata.name, uid: metadata.uid ?? '' };
}
