import type { AuthorizationOperation, AuthorizationRule, AuthorizationSource } from '../../../istio';
import {
  destinationPort,
  hostPermission,
  methodPermission,
  pathPermission,
  permissionAttribute,
  type PermissionOf,
} from './permission-attribute';
import {
  principalAttribute,
  type PrincipalOf,
  remoteAddress,
  requestPrincipal,
  sourceAddress,
  sourceNamespace,
  sourcePrincipal,
  sourceServiceAccount,
} from './principal-attribute';
import type { Permission, Principal, RbacPolicy, RuleContext } from './rbac-types';

/** An attribute with the values that it must have one of, and those that it must have none of. */
interface Condition<Make> {
  readonly make: Make;
  readonly values: readonly string[] | undefined;
  readonly notValues: readonly string[] | undefined;
}

type PermissionCondition = Condition<PermissionOf>;
type PrincipalCondition = Condition<PrincipalOf>;

/** Thrown through the translation of one rule of an ALLOW policy that cannot be said: the rule then allows nothing. */
const UNSAYABLE = Symbol('unsayable');

/**
 * The Envoy policy of one rule of an AuthorizationPolicy. What cannot be said (conditions on requests where connections are
 * forwarded unread, values that are none, unknown attributes) makes a rule of an ALLOW policy disappear, and falls out of a
 * rule of a DENY or AUDIT policy: whichever allows less (Istio's rule).
 */
export function rbacRule(rule: AuthorizationRule, context: RuleContext): RbacPolicy | undefined {
  const when = rule.when ?? [];
  const permissionConditions: PermissionCondition[] = [];
  const principalConditions: PrincipalCondition[] = [];
  for (const { key, values, notValues } of when) {
    const permission = permissionAttribute(key);
    const principal = principalAttribute(key);
    if (permission) permissionConditions.push({ make: permission, values, notValues });
    else if (principal) principalConditions.push({ make: principal, values, notValues });
    else if (context.action === 'ALLOW') return undefined;
  }
  const operations = rule.to?.length ? rule.to.map(({ operation }) => operation) : [undefined];
  const sources = rule.from?.length ? rule.from.map(({ source }) => source) : [undefined];
  const permissions = operations.map((operation) =>
    allPermissions([...operationOf(operation), ...permissionConditions], context),
  );
  const principals = sources.map((source) => allPrincipals([...sourceOf(source), ...principalConditions], context));
  if (permissions.includes(UNSAYABLE) || principals.includes(UNSAYABLE)) return undefined;
  return {
    permissions: permissions.filter((permission) => permission !== UNSAYABLE),
    principals: principals.filter((principal) => principal !== UNSAYABLE),
  };
}

function operationOf(operation: AuthorizationOperation | undefined): readonly PermissionCondition[] {
  if (!operation) return [];
  const { hosts, notHosts, methods, notMethods, paths, notPaths, ports, notPorts } = operation;
  return [
    { make: hostPermission, values: hosts, notValues: notHosts },
    { make: methodPermission, values: methods, notValues: notMethods },
    { make: pathPermission, values: paths, notValues: notPaths },
    { make: destinationPort, values: ports, notValues: notPorts },
  ];
}

function sourceOf(source: AuthorizationSource | undefined): readonly PrincipalCondition[] {
  if (!source) return [];
  return [
    { make: sourcePrincipal, values: source.principals, notValues: source.notPrincipals },
    { make: requestPrincipal, values: source.requestPrincipals, notValues: source.notRequestPrincipals },
    { make: sourceServiceAccount, values: source.serviceAccounts, notValues: source.notServiceAccounts },
    { make: sourceNamespace, values: source.namespaces, notValues: source.notNamespaces },
    { make: remoteAddress, values: source.remoteIpBlocks, notValues: source.notRemoteIpBlocks },
    { make: sourceAddress, values: source.ipBlocks, notValues: source.notIpBlocks },
  ];
}

function allPermissions(
  conditions: readonly PermissionCondition[],
  context: RuleContext,
): Permission | typeof UNSAYABLE {
  const rules: Permission[] = [];
  for (const { make, values, notValues } of conditions) {
    const wanted = anyPermission(make, values, context);
    const unwanted = anyPermission(make, notValues, context);
    if (wanted === UNSAYABLE || unwanted === UNSAYABLE) return UNSAYABLE;
    if (wanted) rules.push(wanted);
    if (unwanted) rules.push({ notRule: unwanted });
  }
  return { andRules: { rules: rules.length > 0 ? rules : [{ any: true }] } };
}

function anyPermission(
  make: PermissionOf,
  values: readonly string[] | undefined,
  context: RuleContext,
): Permission | undefined | typeof UNSAYABLE {
  if (!values?.length) return undefined;
  const rules = values.map((value) => make(value, context));
  if (context.action === 'ALLOW' && rules.includes(undefined)) return UNSAYABLE;
  const known = rules.filter((rule) => rule !== undefined);
  return known.length > 0 ? { orRules: { rules: known } } : undefined;
}

function allPrincipals(conditions: readonly PrincipalCondition[], context: RuleContext): Principal | typeof UNSAYABLE {
  const ids: Principal[] = [];
  for (const { make, values, notValues } of conditions) {
    const wanted = values?.length ? make(values, context) : undefined;
    const unwanted = notValues?.length ? make(notValues, context) : undefined;
    const unsayable = (values?.length && !wanted) || (notValues?.length && !unwanted);
    if (unsayable && context.action === 'ALLOW') return UNSAYABLE;
    if (wanted) ids.push(wanted);
    if (unwanted) ids.push({ notId: unwanted });
  }
  return { andIds: { ids: ids.length > 0 ? ids : [{ any: true }] } };
}
