import type { ResourceKind } from '../../schema';

/** A kind that is only ever posted and answered, never stored. */
export interface VirtualKind extends ResourceKind {
  readonly singular: string;
}

const AUTHENTICATION = { group: 'authentication.k8s.io', version: 'v1', namespaced: false };
const AUTHORIZATION = { group: 'authorization.k8s.io', version: 'v1', namespaced: false };

/** The reviews. */
export const virtualKinds: readonly VirtualKind[] = [
  { ...AUTHENTICATION, kind: 'SelfSubjectReview', plural: 'selfsubjectreviews', singular: 'selfsubjectreview' },
  { ...AUTHENTICATION, kind: 'TokenReview', plural: 'tokenreviews', singular: 'tokenreview' },
  {
    ...AUTHORIZATION,
    namespaced: true,
    kind: 'LocalSubjectAccessReview',
    plural: 'localsubjectaccessreviews',
    singular: 'localsubjectaccessreview',
  },
  {
    ...AUTHORIZATION,
    kind: 'SelfSubjectAccessReview',
    plural: 'selfsubjectaccessreviews',
    singular: 'selfsubjectaccessreview',
  },
  {
    ...AUTHORIZATION,
    kind: 'SelfSubjectRulesReview',
    plural: 'selfsubjectrulesreviews',
    singular: 'selfsubjectrulesreview',
  },
  { ...AUTHORIZATION, kind: 'SubjectAccessReview', plural: 'subjectaccessreviews', singular: 'subjectaccessreview' },
];

/** Whether a path names one of them. */
export function isVirtualKind(group: string, version: string, plural: string): boolean {
  return virtualKinds.some((kind) => kind.group === group && kind.version === version && kind.plural === plural);
}
