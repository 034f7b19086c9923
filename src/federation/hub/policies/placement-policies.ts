import { jsonEqual } from '../../../kernel';
import type { Informer } from '../../../kube';
import { type PlacementPolicy, placementPolicyKind } from '../../api';
import { placementPart } from '../../placement';
import type { HubCaches } from '../caches';
import type { Looks, StatusKind } from '../controller';
import { placementPolicyStatus } from './placement-policy-status';

/** Tells in the status of every placement policy which clusters it chooses from. Nothing is placed by what stands there. */
export class PlacementPolicies implements StatusKind<PlacementPolicy> {
  readonly name = 'placement policies';
  readonly definition = placementPolicyKind;
  readonly objects: Informer<PlacementPolicy>;

  constructor(private readonly caches: HubCaches) {
    this.objects = caches.policies;
  }

  follow(looks: Looks): void {
    this.caches.clusters.onChange((_name, current, previous) => {
      if (!jsonEqual(placementPart(current), placementPart(previous))) looks.atAll();
    });
  }

  statusOf(policy: PlacementPolicy, nowMs: number): PlacementPolicy['status'] {
    return placementPolicyStatus(policy, this.caches.clusters.list(), nowMs);
  }
}
