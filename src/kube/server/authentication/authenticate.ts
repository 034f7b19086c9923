import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from '../api-error';
import type { UserInfo } from '../registry/write-request';

/** What a request brings to prove who sent it. */
export interface Credentials {
  readonly bearerToken?: string;
  /** Subject of a client certificate that the server's own authority signed. */
  readonly certificateSubject?: { readonly commonName: string; readonly organizations: readonly string[] };
}

/** Knows one kind of proof; undefined when the proof is of another kind or not valid. */
export type Authenticator = (credentials: Credentials) => Promise<UserInfo | undefined> | UserInfo | undefined;

/** Every proven identity is a member. */
export const AUTHENTICATED_GROUP = 'system:authenticated';

/** Who proved nothing is a member. */
export const UNAUTHENTICATED_GROUP = 'system:unauthenticated';

/** Members may do everything, whatever RBAC says. */
export const MASTERS_GROUP = 'system:masters';

/** Who may read what everybody may read, without proof. */
export const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: [UNAUTHENTICATED_GROUP] };

/**
 * Asks each authenticator in turn. A request without any proof is anonymous; one whose proof nobody accepts is refused.
 * @throws ApiError 401
 */
export async function authenticate(
  authenticators: readonly Authenticator[],
  credentials: Credentials,
): Promise<UserInfo> {
  for (const authenticator of authenticators) {
    const user = await authenticator(credentials);
    if (user !== undefined) return { ...user, groups: [...new Set([...user.groups, AUTHENTICATED_GROUP])] };
  }
  if (credentials.bearerToken === undefined && credentials.certificateSubject === undefined) return ANONYMOUS;
  throw new ApiError('Unauthorized', 'Unauthorized');
}

/** The token of an `Authorization: Bearer` header. */
export function bearerTokenOf(headers: IncomingHttpHeaders): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}
