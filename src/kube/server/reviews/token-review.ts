import type { KubeObject } from '../../schema';
import { AUTHENTICATED_GROUP } from '../authentication/authenticate';
import type { UserInfo } from '../registry/write-request';

/** Who a token belongs to, and which of the wanted audiences it is for. */
export interface ReviewedToken {
  readonly user: UserInfo;
  readonly audiences: readonly string[];
}

/** TokenReview: whose token is it? `find` knows the tokens; no audiences means those of the server itself. */
export async function reviewToken(
  review: KubeObject,
  find: (token: string, audiences: readonly string[]) => Promise<ReviewedToken | undefined>,
): Promise<KubeObject> {
  const { token = '', audiences = [] } = (review.spec ?? {}) as { token?: string; audiences?: readonly string[] };
  const found = token === '' ? undefined : await find(token, audiences);
  const status =
    found === undefined ? { authenticated: false, error: 'invalid bearer token', user: {} } : authenticated(found);
  return { ...review, metadata: review.metadata ?? {}, status };
}

function authenticated({ user, audiences }: ReviewedToken): object {
  const groups = [...new Set([...user.groups, AUTHENTICATED_GROUP])];
  return { authenticated: true, user: userInfo({ ...user, groups }), audiences };
}

/** authentication.k8s.io/v1 UserInfo. */
export function userInfo({ name, uid, groups, extra }: UserInfo): object {
  return { username: name, ...(uid === undefined ? {} : { uid }), groups, ...(extra === undefined ? {} : { extra }) };
}

/** SelfSubjectReview: who am I? (`kubectl auth whoami`) */
export function reviewSelf(review: KubeObject, user: UserInfo): KubeObject {
  return { ...review, metadata: review.metadata ?? {}, status: { userInfo: userInfo(user) } };
}
