import type { envoy } from '../../proto';

/** One condition on what is asked for. */
export type Permission = envoy.config.rbac.v3.Permission;
/** One condition on who asks. */
export type Principal = envoy.config.rbac.v3.Principal;
/** Permissions and principals of one rule. */
export type RbacPolicy = envoy.config.rbac.v3.Policy;
/** What is done with requests that a policy fits. */
export type RbacAction = 'ALLOW' | 'DENY' | 'LOG';

/** In what a rule is translated. */
export interface RuleContext {
  readonly action: RbacAction;
  /** The connection is forwarded unread: nothing is known of requests. */
  readonly forTcp: boolean;
  readonly trustDomain: string;
  /** Namespace of the policy, for service accounts that name none. */
  readonly namespace: string;
}
