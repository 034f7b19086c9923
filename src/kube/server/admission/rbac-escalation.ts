import { forbidden } from '../api-error';
import { uncoveredRules } from '../authorisation/covers';
import type { PolicyRule, Role, RoleBinding } from '../authorisation/policy';
import type { Authorizer } from '../authorisation/rbac';
import type { Admission, AdmissionAttributes } from '../registry/write-request';
import type { ObjectStore } from '../storage';

const GROUP = 'rbac.authorization.k8s.io';

/**
 * Nobody grants by a role or a binding what they may not do themselves, unless they may `escalate` or `bind` it.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
export function rbacEscalation(authorizer: Authorizer, store: ObjectStore): Admission {
  return {
    mutate: ({ object }) => Promise.resolve(object),
    async validate(attributes) {
      const { target, object, operation } = attributes;
      if (target.kind.group !== GROUP || object === undefined || operation === 'DELETE') return;
      if (target.kind.plural.endsWith('bindings')) checkBinding(attributes, object, authorizer, store);
      else check(attributes, (object as Role).rules ?? [], authorizer, 'escalate');
    },
  };
}

function checkBinding(
  attributes: AdmissionAttributes,
  binding: RoleBinding,
  authorizer: Authorizer,
  store: ObjectStore,
): void {
  const { kind, name = '' } = binding.roleRef ?? {};
  const plural = kind === 'Role' ? 'roles' : 'clusterroles';
  const namespace = kind === 'Role' ? attributes.target.namespace : '';
  const role = store.head({ resource: `${plural}.${GROUP}`, namespace, name })?.parse() as Role | undefined;
  const bindAccess = {
    kind: 'resource',
    verb: 'bind',
    group: GROUP,
    resource: plural,
    subresource: '',
    namespace,
    name,
  } as const;
  if (authorizer.allows(attributes.options.user, bindAccess)) return;
  check(attributes, role?.rules ?? [], authorizer, 'bind');
}

function check(
  attributes: AdmissionAttributes,
  wanted: readonly PolicyRule[],
  authorizer: Authorizer,
  verb: string,
): void {
  const { target, options } = attributes;
  const { kind, namespace, name } = target;
  const access = {
    kind: 'resource',
    verb,
    group: GROUP,
    resource: kind.plural,
    subresource: '',
    namespace,
    name,
  } as const;
  if (authorizer.allows(options.user, access)) return;
  const missing = uncoveredRules(authorizer.rulesOf(options.user, namespace), wanted);
  if (missing.length === 0) return;
  const { name: user, groups } = options.user;
  const who = `user "${user}" (groups=${JSON.stringify(groups)})`;
  throw forbidden(
    kind,
    name,
    `${who} is attempting to grant RBAC permissions not currently held:\n${missing.map(printRule).join('\n')}`,
  );
}

function printRule({ apiGroups = [], resources = [], nonResourceURLs = [], verbs }: PolicyRule): string {
  const what =
    resources.length > 0 ? { APIGroups: apiGroups, Resources: resources } : { NonResourceURLs: nonResourceURLs };
  return JSON.stringify({ ...what, Verbs: verbs });
}
