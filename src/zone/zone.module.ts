import { type DynamicModule, Module } from '@nestjs/common';
import { ZoneProcess } from './process/zone-process';
import { ZONE_SETTINGS, type ZoneSettings } from './process/zone-settings';

/** One zone: agent, pilot and citadel beside its gateway cluster. */
@Module({})
export class ZoneModule {
  /** The module with what the zone is given: its gateway cluster, addresses, a clock, a logger. */
  static register(settings: ZoneSettings): DynamicModule {
    return {
      module: ZoneModule,
      providers: [{ provide: ZONE_SETTINGS, useValue: settings }, ZoneProcess],
      exports: [ZoneProcess],
    };
  }
}
