import { jsonEqual } from '../../../../kernel';
import type { KubeObject } from '../../../schema';
import type { Role, RoleBinding } from '../../authorisation/policy';
import { type FieldError, invalid, required } from '../../schema';
import { choice } from './validate-pod-spec';

/** Roles: every rule says which verbs on which resources of which groups, or on which paths. */
export function validateRole(object: KubeObject): readonly FieldError[] {
  return ((object as Role).rules ?? []).flatMap(
    ({ verbs = [], apiGroups = [], resources = [], nonResourceURLs = [] }, index) => {
      const field = `rules[${index}]`;
      const errors = verbs.length === 0 ? [required(`${field}.verbs`, 'verbs must contain at least one value')] : [];
      if (nonResourceURLs.length > 0) {
        const clusterScoped = object.kind === 'ClusterRole';
        return clusterScoped
          ? errors
          : [
              ...errors,
              invalid(
                `${field}.nonResourceURLs`,
                nonResourceURLs,
                'namespaced rules cannot apply to non-resource URLs',
              ),
            ];
      }
      if (apiGroups.length === 0)
        errors.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'));
      if (resources.length === 0)
        errors.push(required(`${field}.resources`, 'resource rules must supply at least one resource'));
      return errors;
    },
  );
}

/** Bindings: a role that never changes, and subjects of known kinds. */
export function validateRoleBinding(object: KubeObject, live?: KubeObject): readonly FieldError[] {
  const { roleRef, subjects = [] } = object as RoleBinding;
  const before = (live as RoleBinding | undefined)?.roleRef;
  const kinds = object.kind === 'ClusterRoleBinding' ? ['ClusterRole'] : ['ClusterRole', 'Role'];
  return [
    ...choice('roleRef.kind', roleRef?.kind ?? '', kinds),
    ...((roleRef?.name ?? '') === '' ? [required('roleRef.name')] : []),
    ...(before !== undefined && !jsonEqual(before, roleRef)
      ? [invalid('roleRef', roleRef, 'cannot change roleRef')]
      : []),
    ...subjects.flatMap(({ kind, name, namespace }, index) => [
      ...choice(`subjects[${index}].kind`, kind, ['Group', 'ServiceAccount', 'User']),
      ...((name ?? '') === '' ? [required(`subjects[${index}].name`)] : []),
      ...(kind === 'ServiceAccount' && object.kind === 'ClusterRoleBinding' && (namespace ?? '') === ''
        ? [required(`subjects[${index}].namespace`)]
        : []),
    ]),
  ];
}
