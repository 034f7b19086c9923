import { jsonEqual } from '../../../kernel';
import type { Informer } from '../../../kube';
import { type FederatedDeployment, federatedDeploymentKind } from '../../api';
import { decideDeployment, judgeDeployment } from '../../deployment';
import { placementPart } from '../../placement';
import { lastPlacement } from '../../revision';
import type { HubCaches } from '../caches';
import type { Looks } from '../controller';
import type { OwnerDecision, ReleasedKind, ReleaseState } from './released-kind';

/** FederatedDeployments as owners. All rules are in `judgeDeployment` and `decideDeployment`. */
export class ReleasedDeployments implements ReleasedKind<FederatedDeployment> {
  readonly name = 'federated deployments';
  readonly kind = 'FederatedDeployment';
  readonly definition = federatedDeploymentKind;
  readonly objects: Informer<FederatedDeployment>;

  constructor(private readonly caches: HubCaches) {
    this.objects = caches.deployments;
  }

  follow(looks: Looks): void {
    const { meshes, clusters, policies } = this.caches;
    meshes.onChange((_name, current, previous) => {
      if (!jsonEqual(current?.spec, previous?.spec)) looks.atAll();
    });
    clusters.onChange((_name, current, previous) => {
      if (!jsonEqual(placementPart(current), placementPart(previous))) looks.atAll();
    });
    policies.onChange((_name, current, previous) => {
      if (!jsonEqual(current?.spec, previous?.spec)) looks.atAll();
    });
  }

  decide(deployment: FederatedDeployment, state: ReleaseState): OwnerDecision<FederatedDeployment> {
    const lookups = this.caches.lookups();
    const { findings, accepted } = judgeDeployment(deployment, lookups, lastPlacement(state.revisions));
    return decideDeployment({ ...state, deployment, errors: findings, accepted, clusters: lookups.clusters });
  }
}
