import { jsonEqual, type Stop } from '../../../kernel';
import { KeyedQueue } from '../../queue/keyed-queue';
import type { PolicyRule, Role } from '../authorisation/policy';
import { systemWrites } from '../registry/write-request';
import { type LabelSelector, selects } from '../../schema';
import type { ControllerContext } from './controller-context';
import { ignoreNotFound } from './ignore-not-found';

const CLUSTER_ROLES = 'clusterroles.rbac.authorization.k8s.io';

interface AggregatedRole extends Role {
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] };
}

/**
 * Fills ClusterRoles that are made of others (`aggregationRule`) with the rules of those that their selectors select.
 * One key, `all`: any change of a ClusterRole may change any aggregated one, and there are few.
 */
export class RoleAggregator {
  private readonly queue: KeyedQueue<'all'>;
  private readonly stopFollowing: Stop;
  private readonly writes = systemWrites('clusterrole-aggregation-controller');

  constructor(private readonly context: ControllerContext) {
    const { store, clock, logger } = context;
    this.queue = new KeyedQueue({
      name: 'role-aggregator',
      run: () => this.reconcile(),
      clock,
      random: Math.random,
      logger,
    });
    this.queue.add('all');
    this.stopFollowing = store.table(CLUSTER_ROLES).subscribe(() => this.queue.add('all'));
  }

  async close(): Promise<void> {
    this.stopFollowing();
    await this.queue.stop();
  }

  private async reconcile(): Promise<void> {
    const { store, registry, resources } = this.context;
    const kind = resources.findResource(CLUSTER_ROLES);
    if (kind === undefined) return;
    const roles = store
      .table(CLUSTER_ROLES)
      .list()
      .objects.map((object) => object.parse() as AggregatedRole);
    for (const role of roles) {
      const rules = aggregatedRules(role, roles);
      if (rules === undefined || jsonEqual(rules, role.rules ?? [])) continue;
      const target = { kind, namespace: '', name: role.metadata.name, subresource: '' };
      await ignoreNotFound(() => registry.update(target, (live) => ({ ...live, rules }), this.writes));
    }
  }
}

/** The rules of every role that an aggregated role selects, by name and each once; undefined for other roles. Pure. */
export function aggregatedRules(
  role: AggregatedRole,
  roles: readonly AggregatedRole[],
): readonly PolicyRule[] | undefined {
  const selectors = role.aggregationRule?.clusterRoleSelectors;
  if (selectors === undefined) return undefined;
  const selected = roles.filter(
    ({ metadata }) =>
      metadata.name !== role.metadata.name && selectors.some((selector) => selects(selector, metadata.labels ?? {})),
  );
  const rules = selected.flatMap((source) => source.rules ?? []);
  return rules.filter((rule, index) => rules.findIndex((other) => jsonEqual(other, rule)) === index);
}
