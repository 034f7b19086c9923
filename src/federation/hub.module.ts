import { type DynamicModule, Module } from '@nestjs/common';
import { AccessPointController } from './hub/access-point-controller';
import { AddressPoolController } from './hub/address-pool-controller';
import { DeploymentController } from './hub/deployment-controller';
import { HubCaches } from './hub/hub-caches';
import { HubControllers } from './hub/hub-controllers';
import { HubLifecycle } from './hub/hub-lifecycle';
import { HUB_SETTINGS, type HubSettings } from './hub/hub-settings';
import { MemberClusterController } from './hub/member-cluster-controller';
import { MeshController } from './hub/mesh-controller';
import { NameServiceController } from './hub/name-service-controller';
import { OwnerControllers } from './hub/owner-controllers';
import { PlacementPolicyController } from './hub/placement-policy-controller';
import { PolicyControllers } from './hub/policy-controllers';
import { ReleaseCarrier } from './hub/release-carrier';
import { RolloutPolicyController } from './hub/rollout-policy-controller';
import { WorkloadCaches } from './hub/workload-caches';
import { ZoneConnections } from './hub/zone-connections';

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
