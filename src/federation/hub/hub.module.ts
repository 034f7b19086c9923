import { type DynamicModule, Module } from '@nestjs/common';
import { HubCaches, WorkloadCaches } from './caches';
import { HubControllers } from './hub-controllers';
import { HubLifecycle } from './hub-lifecycle';
import { OwnerControllers, ReleaseCarrier } from './owners';
import { HUB_SETTINGS, type HubSettings } from './setup';
import { StatusControllers } from './status-controllers';
import { MemberClusterController, ZoneConnections } from './zones';

/** The hub: caches of its objects, connections to the zones, and the controllers of every kind. */
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
        StatusControllers,
        MemberClusterController,
        OwnerControllers,
        HubControllers,
        HubLifecycle,
      ],
      exports: [HubCaches, ZoneConnections],
    };
  }
}
