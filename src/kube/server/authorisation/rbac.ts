import type { Stop } from '../../../kernel';
import type { KubeObject } from '../../schema';
import type { UserInfo } from '../registry/write-request';
import type { ObjectStore } from '../storage';
import { MASTERS_GROUP } from '../authentication/authenticate';
import {
  type AccessAttributes,
  type PolicyRule,
  type Role,
  type RoleBinding,
  ruleAllows,
  subjectMatches,
} from './policy';

const GROUP = 'rbac.authorization.k8s.io';
const RESOURCES = ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].map(
  (plural) => `${plural}.${GROUP}`,
);

/** Says whether a user may do something, and what they may do at all. */
export interface Authorizer {
  allows(user: UserInfo, access: AccessAttributes): boolean;
  /** Every rule that applies to the user in a namespace, cluster-wide ones included. */
  rulesOf(user: UserInfo, namespace: string): readonly PolicyRule[];
}

interface Binding {
  readonly namespace: string;
  readonly binding: RoleBinding;
  readonly rules: readonly PolicyRule[];
}

/** Role-based access control over the stored roles and bindings, which are read again only after they have changed. */
export class RbacAuthorizer implements Authorizer {
  private bindings: readonly Binding[] | undefined;
  private readonly stops: readonly Stop[];

  constructor(private readonly store: ObjectStore) {
    this.stops = RESOURCES.map((resource) => store.table(resource).subscribe(() => (this.bindings = undefined)));
  }

  close(): void {
    for (const stop of this.stops) stop();
  }

  allows(user: UserInfo, access: AccessAttributes): boolean {
    if (user.groups.includes(MASTERS_GROUP)) return true;
    const namespace = access.kind === 'resource' ? access.namespace : '';
    return this.rulesOf(user, namespace).some((rule) => ruleAllows(rule, access));
  }

  rulesOf(user: UserInfo, namespace: string): readonly PolicyRule[] {
    const everything: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
    if (user.groups.includes(MASTERS_GROUP)) return [everything, { verbs: ['*'], nonResourceURLs: ['*'] }];
    this.bindings ??= this.readBindings();
    return this.bindings
      .filter((candidate) => candidate.namespace === '' || (namespace !== '' && candidate.namespace === namespace))
      .filter(({ binding, namespace: place }) =>
        (binding.subjects ?? []).some((subject) => subjectMatches(subject, user, place)),
      )
      .flatMap(({ rules }) => rules);
  }

  private readBindings(): readonly Binding[] {
    const [roles = [], roleBindings = [], clusterRoles = [], clusterRoleBindings = []] = RESOURCES.map((resource) =>
      this.read(resource),
    );
    const rules = new Map(
      [...roles, ...clusterRoles].map((role) => [
        roleKey(role.metadata.namespace ?? '', role.metadata.name),
        (role as Role).rules ?? [],
      ]),
    );
    return [...roleBindings, ...clusterRoleBindings].map((object) => {
      const binding = object as RoleBinding;
      const namespace = binding.metadata.namespace ?? '';
      const { kind, name = '' } = binding.roleRef ?? {};
      return { namespace, binding, rules: rules.get(roleKey(kind === 'Role' ? namespace : '', name)) ?? [] };
    });
  }

  private read(resource: string): readonly KubeObject[] {
    return this.store
      .table(resource)
      .list()
      .objects.map((object) => object.parse());
  }
}

function roleKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
