import { FlotillaError } from '../../../kernel';
import type { KubeClient } from '../../../kube';
import type { KubeObject, ResourceKind } from '../../../kube/schema';
import { FEDERATION_GROUP } from '../../api';

const tokenReview: ResourceKind = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
};
const subjectAccessReview: ResourceKind = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
};

interface Caller {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
}

/**
 * Lets the hub's API server say who a caller is (TokenReview) and whether it may plan: `create` on `plans` of the federation group
 * (SubjectAccessReview), so that access is granted by RBAC like everything else.
 * @throws FlotillaError FLO3111 when the caller is nobody, FLO3112 when it may not plan
 */
export async function admitCaller(
  client: Pick<KubeClient, 'create'>,
  authorization: string | undefined,
): Promise<void> {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw nobody('the request carries no bearer token');
  const { status } = await client.create(tokenReview, review(tokenReview, { token }));
  const { authenticated = false, user } = (status ?? {}) as {
    readonly authenticated?: boolean;
    readonly user?: Caller;
  };
  if (!authenticated || user?.username === undefined) throw nobody('the API server does not know its token');
  const resourceAttributes = { group: FEDERATION_GROUP, resource: 'plans', verb: 'create' };
  const spec = { user: user.username, groups: user.groups ?? [], resourceAttributes };
  const answer = await client.create(subjectAccessReview, review(subjectAccessReview, spec));
  if ((answer.status as { readonly allowed?: boolean } | undefined)?.allowed === true) return;
  throw new FlotillaError(`${user.username} may not plan changes of this hub`, {
    code: 'FLO3112',
    retry: 'after-change',
    hint: `grant the verb create on plans.${FEDERATION_GROUP} (RBAC)`,
  });
}

function review({ group, version, kind }: ResourceKind, spec: unknown): KubeObject {
  return { apiVersion: `${group}/${version}`, kind, metadata: { name: '' }, spec };
}

function nobody(why: string): FlotillaError {
  return new FlotillaError(`cannot tell who asks: ${why}`, {
    code: 'FLO3111',
    retry: 'after-change',
    hint: 'send the token of a kubeconfig of the hub as Authorization: Bearer',
  });
}
