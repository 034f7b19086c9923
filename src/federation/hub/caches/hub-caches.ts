import { Inject, Injectable } from '@nestjs/common';
import { type AccessPoint, accessPointKind } from '../../../accesspoint';
import { type NameService, nameServiceKind } from '../../../nameservice';
import { Informer, type InformerOptions } from '../../../kube';
import { coreKinds, type KubeObject, type ResourceKind } from '../../../kube/schema';
import type { HubLookups } from '../../acceptance';
import {
  type AddressPool,
  addressPoolKind,
  type FederatedDeployment,
  federatedDeploymentKind,
  type MemberCluster,
  memberClusterKind,
  type Mesh,
  meshKind,
  type PlacementPolicy,
  placementPolicyKind,
  type Revision,
  revisionKind,
  type Rollout,
  type RolloutApproval,
  rolloutApprovalKind,
  rolloutKind,
  type RolloutPolicy,
  rolloutPolicyKind,
  SYSTEM_NAMESPACE,
} from '../../api';
import { HUB_SETTINGS, type HubSettings } from '../setup';
import { WorkloadCaches } from './workload-caches';

/** The index of revisions, rollouts and bundles by the owner they belong to, `Kind/namespace/name`. */
export const BY_OWNER = 'owner';

/** The index of approvals by the rollout they are about, `namespace/name`. */
export const BY_ROLLOUT = 'rollout';

/** A core/v1 Secret as far as the hub reads it. */
export interface Secret extends KubeObject {
  readonly type?: string;
  /** Base64. */
  readonly data?: Readonly<Record<string, string>>;
}

/** The hub's own objects, kept current by one watch per kind. Nothing is decided, and no zone is written to, before all are known. */
@Injectable()
export class HubCaches {
  readonly meshes: Informer<Mesh>;
  readonly clusters: Informer<MemberCluster>;
  readonly accessPoints: Informer<AccessPoint>;
  readonly nameServices: Informer<NameService>;
  readonly revisions: Informer<Revision>;
  readonly rollouts: Informer<Rollout>;
  /** Secrets of flotilla-system: credentials of gateway clusters and roots of meshes. */
  readonly secrets: Informer<Secret>;
  readonly policies: Informer<PlacementPolicy>;
  readonly deployments: Informer<FederatedDeployment>;
  readonly pools: Informer<AddressPool>;
  readonly rolloutPolicies: Informer<RolloutPolicy>;
  /** Indexed by the rollout they are about. */
  readonly approvals: Informer<RolloutApproval>;

  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    /** Where workloads of other systems run. */
    @Inject(WorkloadCaches) readonly workloads: WorkloadCaches,
  ) {
    this.meshes = this.informer<Mesh>(meshKind);
    this.clusters = this.informer<MemberCluster>(memberClusterKind);
    this.accessPoints = this.informer<AccessPoint>(accessPointKind);
    this.nameServices = this.informer<NameService>(nameServiceKind);
    this.revisions = this.informer<Revision>(revisionKind, { indexers: { [BY_OWNER]: ownerKeys } });
    this.rollouts = this.informer<Rollout>(rolloutKind, { indexers: { [BY_OWNER]: ownerKeys } });
    this.policies = this.informer<PlacementPolicy>(placementPolicyKind);
    this.deployments = this.informer<FederatedDeployment>(federatedDeploymentKind);
    this.pools = this.informer<AddressPool>(addressPoolKind);
    this.rolloutPolicies = this.informer<RolloutPolicy>(rolloutPolicyKind);
    this.approvals = this.informer<RolloutApproval>(rolloutApprovalKind, { indexers: { [BY_ROLLOUT]: rolloutKeys } });
    this.secrets = this.informer<Secret>(coreKinds.secret, { namespace: SYSTEM_NAMESPACE });
  }

  /** What access points are judged against. */
  lookups(): HubLookups {
    const { meshes, clusters, policies, deployments, pools, rolloutPolicies } = this;
    return {
      meshes: meshes.list(),
      clusters: clusters.list(),
      policies: policies.list(),
      deployments: deployments.list(),
      pools: pools.list(),
      rolloutPolicies: rolloutPolicies.list(),
      workloads: this.workloads.list(),
    };
  }

  /** Follows all kinds and resolves once everything is known. @throws FlotillaError FLO2030 when the signal aborts before */
  async start(signal: AbortSignal): Promise<void> {
    for (const informer of this.all()) informer.start();
    await Promise.all(this.all().map((informer) => informer.whenSynced(signal)));
  }

  /** Ends every watch. */
  async stop(): Promise<void> {
    await Promise.all(this.all().map((informer) => informer.stop()));
  }

  private all(): readonly Pick<Informer<KubeObject>, 'start' | 'stop' | 'whenSynced'>[] {
    return [
      this.meshes,
      this.clusters,
      this.accessPoints,
      this.nameServices,
      this.revisions,
      this.rollouts,
      this.secrets,
      this.policies,
      this.deployments,
      this.pools,
      this.rolloutPolicies,
      this.approvals,
    ];
  }

  private informer<T extends KubeObject>(
    kind: ResourceKind,
    options: Pick<InformerOptions<T>, 'indexers' | 'namespace'> = {},
  ): Informer<T> {
    const { client, clock, random, logger } = this.settings;
    return new Informer<T>({ client, kind, clock, random, logger, ...options });
  }
}

function ownerKeys({ metadata, spec }: Revision | Rollout): readonly string[] {
  return spec === undefined ? [] : [`${spec.owner.kind}/${metadata.namespace ?? 'default'}/${spec.owner.name}`];
}

function rolloutKeys({ metadata, spec }: RolloutApproval): readonly string[] {
  return spec === undefined ? [] : [`${metadata.namespace ?? 'default'}/${spec.rollout}`];
}
