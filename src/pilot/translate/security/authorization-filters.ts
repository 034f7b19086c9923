import type { AuthorizationPolicy } from '../../../istio';
import type { MeshModel, Proxy } from '../../model';
import { anyOf, type HttpFilter, type NetworkFilter } from '../../proto';
import { rbacRule } from './rbac-rule';
import type { RbacAction, RbacPolicy, RuleContext } from './rbac-types';

/** What the filter of one action enforces, and what it would enforce (policies on trial). */
interface RbacRules {
  readonly rules?:
    | { readonly action: RbacAction | undefined; readonly policies: Readonly<Record<string, RbacPolicy>> | undefined }
    | undefined;
  readonly shadowRules?: RbacRules['rules'];
  readonly shadowRulesStatPrefix: string;
}

/** Annotation that puts a policy on trial: its results are counted, not enforced. */
const DRY_RUN = 'istio.io/dry-run';

/** A policy without rules never fits; an ALLOW of that kind therefore refuses everything. */
const FITS_NOTHING: RbacPolicy = {
  permissions: [{ notRule: { any: true } }],
  principals: [{ notId: { any: true } }],
};

/** The filters that enforce a workload's AuthorizationPolicies on requests: audit, then denials, then allowances. */
export function httpAuthorization(model: MeshModel, proxy: Proxy): readonly HttpFilter[] {
  return rulesByAction(model, proxy, false).map((rules) => ({
    name: 'envoy.filters.http.rbac',
    typedConfig: anyOf('envoy.extensions.filters.http.rbac.v3.RBAC', rules),
  }));
}

/** The same for connections that are forwarded unread. */
export function tcpAuthorization(model: MeshModel, proxy: Proxy): readonly NetworkFilter[] {
  return rulesByAction(model, proxy, true).map((rules) => ({
    name: 'envoy.filters.network.rbac',
    typedConfig: anyOf('envoy.extensions.filters.network.rbac.v3.RBAC', { ...rules, statPrefix: 'tcp.' }),
  }));
}

function rulesByAction(model: MeshModel, proxy: Proxy, forTcp: boolean): readonly RbacRules[] {
  const policies = model.authorizationPolicies.forProxy(proxy);
  const of = (action: string): readonly AuthorizationPolicy[] =>
    policies.filter(({ spec }) => (spec?.action ?? 'ALLOW') === action);
  const { trustDomain } = model.mesh;
  return [
    rbacRules(of('AUDIT'), { action: 'LOG', forTcp, trustDomain }),
    // No external authorizer is known here; what one would have to decide is refused, never let through.
    rbacRules(of('CUSTOM'), { action: 'DENY', forTcp, trustDomain }, '-deny-due-to-bad-CUSTOM-action'),
    rbacRules(of('DENY'), { action: 'DENY', forTcp, trustDomain }),
    rbacRules(of('ALLOW'), { action: 'ALLOW', forTcp, trustDomain }),
  ].filter((rules) => rules !== undefined);
}

function rbacRules(
  policies: readonly AuthorizationPolicy[],
  shared: Omit<RuleContext, 'namespace'>,
  suffix = '',
): RbacRules | undefined {
  if (policies.length === 0) return undefined;
  const enforced = policies.filter((policy) => !isOnTrial(policy));
  const onTrial = policies.filter(isOnTrial);
  const action = shared.action === 'ALLOW' ? undefined : shared.action;
  return {
    rules: enforced.length > 0 ? { action, policies: policiesOf(enforced, shared, suffix) } : undefined,
    shadowRules: onTrial.length > 0 ? { action, policies: policiesOf(onTrial, shared, suffix) } : undefined,
    shadowRulesStatPrefix: onTrial.length > 0 && action === 'DENY' ? 'istio_dry_run_deny_' : 'istio_dry_run_allow_',
  };
}

function isOnTrial({ metadata }: AuthorizationPolicy): boolean {
  return metadata.annotations?.[DRY_RUN] === 'true';
}

function policiesOf(
  policies: readonly AuthorizationPolicy[],
  shared: Omit<RuleContext, 'namespace'>,
  suffix: string,
): Readonly<Record<string, RbacPolicy>> | undefined {
  const named: Record<string, RbacPolicy> = {};
  for (const { metadata, spec } of policies) {
    const { name, namespace = '' } = metadata;
    const nameOf = (index: number): string => `ns[${namespace}]-policy[${name}]-rule[${index}]${suffix}`;
    const rules = spec?.rules ?? [];
    if (rules.length === 0) named[nameOf(0)] = FITS_NOTHING;
    for (const [index, rule] of rules.entries()) {
      const policy = rbacRule(rule, { ...shared, namespace });
      if (policy) named[nameOf(index)] = policy;
    }
  }
  return Object.keys(named).length > 0 ? named : undefined;
}
