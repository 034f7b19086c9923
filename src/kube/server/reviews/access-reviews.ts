import type { KubeObject } from '../../schema';
import { badRequest } from '../api-error';
import type { AccessAttributes, PolicyRule } from '../authorisation/policy';
import type { Authorizer } from '../authorisation/rbac';
import type { UserInfo } from '../registry/write-request';

/** authorization.k8s.io/v1 ResourceAttributes. */
interface ResourceAttributes {
  readonly namespace?: string;
  readonly verb?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
}

interface ReviewSpec {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  readonly user?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly namespace?: string;
}

/** SelfSubjectAccessReview: may the caller do this? Pure but for the authorizer. @throws ApiError 400 */
export function reviewOwnAccess(review: KubeObject, user: UserInfo, authorizer: Authorizer): KubeObject {
  return answered(review, authorizer.allows(user, accessOf(specOf(review))));
}

/** SubjectAccessReview, and LocalSubjectAccessReview within its namespace. @throws ApiError 400 */
export function reviewAccess(review: KubeObject, authorizer: Authorizer, namespace: string): KubeObject {
  const spec = specOf(review);
  const { user = '', groups = [], uid } = spec;
  if (user === '' && groups.length === 0)
    throw badRequest('spec.user: Invalid value: "": at least one of user or group must be specified');
  const place = spec.resourceAttributes?.namespace ?? '';
  if (namespace !== '' && place !== namespace) {
    throw badRequest(`spec.resourceAttributes.namespace must match the namespace on the URL (${namespace})`);
  }
  const subject = { name: user, groups, ...(uid === undefined ? {} : { uid }) };
  return answered(review, authorizer.allows(subject, accessOf(spec)));
}

/** SelfSubjectRulesReview: what the caller may do in a namespace (`kubectl auth can-i --list`). @throws ApiError 400 */
export function reviewRules(review: KubeObject, user: UserInfo, authorizer: Authorizer): KubeObject {
  const { namespace = '' } = specOf(review);
  if (namespace === '') throw badRequest('no namespace on request');
  const rules = authorizer.rulesOf(user, namespace);
  const forPaths = rules.filter(({ nonResourceURLs }) => (nonResourceURLs ?? []).length > 0);
  return {
    ...review,
    metadata: review.metadata ?? {},
    status: {
      resourceRules: rules.filter((rule) => !forPaths.includes(rule)).map(resourceRule),
      nonResourceRules: forPaths.map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      incomplete: false,
    },
  };
}

function resourceRule({ verbs, apiGroups, resources, resourceNames }: PolicyRule): object {
  return { verbs, apiGroups, resources, ...(resourceNames === undefined ? {} : { resourceNames }) };
}

function specOf({ spec }: KubeObject): ReviewSpec {
  return spec ?? {};
}

function accessOf({ resourceAttributes, nonResourceAttributes }: ReviewSpec): AccessAttributes {
  if ((resourceAttributes === undefined) === (nonResourceAttributes === undefined)) {
    throw badRequest('exactly one of resourceAttributes and nonResourceAttributes must be specified');
  }
  if (nonResourceAttributes !== undefined) {
    return { kind: 'path', verb: nonResourceAttributes.verb ?? '', path: nonResourceAttributes.path ?? '' };
  }
  const {
    verb = '',
    group = '',
    resource = '',
    subresource = '',
    namespace = '',
    name = '',
  } = resourceAttributes ?? {};
  return { kind: 'resource', verb, group, resource, subresource, namespace, name };
}

function answered(review: KubeObject, allowed: boolean): KubeObject {
  return {
    ...review,
    metadata: review.metadata ?? {},
    status: { allowed, ...(allowed ? { reason: 'RBAC: allowed' } : {}) },
  };
}
