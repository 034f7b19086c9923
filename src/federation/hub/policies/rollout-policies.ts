import type { AccessPoint } from '../../../accesspoint';
import { jsonEqual } from '../../../kernel';
import type { Informer } from '../../../kube';
import type { NameService } from '../../../nameservice';
import { type MemberCluster, type RolloutPolicy, rolloutPolicyKind } from '../../api';
import type { HubCaches } from '../caches';
import type { Looks, StatusKind } from '../controller';
import { rolloutPolicyStatus } from './rollout-policy-status';

/** FederatedDeployments refer to no rollout policy. */
type PolicyUser = AccessPoint | NameService;

/** Tells in the status of every rollout policy who uses it, and which of its stages can match no cluster. Nothing is released by what stands there. */
export class RolloutPolicies implements StatusKind<RolloutPolicy> {
  readonly name = 'rollout policies';
  readonly definition = rolloutPolicyKind;
  readonly objects: Informer<RolloutPolicy>;

  constructor(private readonly caches: HubCaches) {
    this.objects = caches.rolloutPolicies;
  }

  follow(looks: Looks): void {
    const { accessPoints, nameServices, clusters } = this.caches;
    accessPoints.onChange((_key, current, previous) => onUser(looks, current, previous));
    nameServices.onChange((_key, current, previous) => onUser(looks, current, previous));
    clusters.onChange((_name, current, previous) => {
      if (!jsonEqual(matchedBy(current), matchedBy(previous))) looks.atAll();
    });
  }

  statusOf(policy: RolloutPolicy, nowMs: number): RolloutPolicy['status'] {
    const { accessPoints, nameServices, clusters } = this.caches;
    const users = [...accessPoints.list(), ...nameServices.list()];
    const owners = users.filter((user) => policyOf(user) === policy.metadata.name).length;
    return rolloutPolicyStatus(policy, { clusters: clusters.list(), owners, nowMs });
  }
}

/** Only an owner that comes, goes or takes another policy counts. */
function onUser(looks: Looks, current: PolicyUser | undefined, previous: PolicyUser | undefined): void {
  const [now, before] = [policyOf(current), policyOf(previous)];
  if (now === before) return;
  for (const name of [now, before]) if (name !== undefined) looks.at(name);
}

function policyOf(user: PolicyUser | undefined): string | undefined {
  return user?.spec?.rollout?.policyRef?.name;
}

/** The part of a MemberCluster that stages look at. */
function matchedBy(cluster: MemberCluster | undefined): unknown {
  return [cluster === undefined, cluster?.metadata.labels, cluster?.metadata.deletionTimestamp];
}
