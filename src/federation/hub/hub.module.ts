import { type DynamicModule, Module } from '@nestjs/common';
import { AccessPointController } from './owners/access-point-controller';
import { AddressPoolController } from './addresses/address-pool-controller';
import { DeploymentController } from './owners/deployment-controller';
import { HubCaches } from './caches/hub-caches';
import { HubControllers } from './hub-controllers';
import { HubLifecycle } from './hub-lifecycle';
import { HUB_SETTINGS, type HubSettings } from './setup/hub-settings';
import { MemberClusterController } from './zones/member-cluster-controller';
import { MeshController } from './meshes/mesh-controller';
import { NameServiceController } from './owners/name-service-controller';
import { OwnerControllers } from './owners/owner-controllers';
import { PlacementPolicyController } from './policies/placement-policy-controller';
import { PolicyControllers } from './policies/policy-controllers';
import { ReleaseCarrier } from './owners/release-carrier';
import { RolloutPolicyController } from './policies/rollout-policy-controller';
import { WorkloadCaches } from './caches/workload-caches';
import { ZoneConnections } from './zones/zone-connections';

/** The hub: caches of its objects, connections to the zones, and one controller per kind. */
@Module({})
export class HubModule {
  /** The module with what the hub is given: its API server, a clock, a logger. */
  static register(settings: HubSettings): DynamicModule {
    return {
      module: HubModule,
      providers: [
        { provide: HUB_SETTINGS, useValue: settings },
        WorkloadCaches,
        HubCaches,
        ZoneConnections,
        ReleaseCarrier,
        MeshController,
        MemberClusterController,
        AccessPointController,
        AddressPoolController,
        DeploymentController,
        NameServiceController,
        PlacementPolicyController,
        RolloutPolicyController,
        PolicyControllers,
        OwnerControllers,
        HubControllers,
        HubLifecycle,
      ],
      exports: [HubCaches, ZoneConnections],
    };
  }
}
