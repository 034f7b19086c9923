import { type DynamicModule, Module } from '@nestjs/common';
import { type Citadel, CitadelModule } from '../../citadel';
import { PilotModule, type PilotServerOptions } from '../../pilot';

/** The zone's primary for one mesh: citadel, and pilot unless an upstream istiod serves the proxies. */
@Module({})
export class PrimaryModule {
  /** The module around what it is made of. */
  static register(citadel: Citadel, pilot: PilotServerOptions | undefined): DynamicModule {
    const pilots = pilot === undefined ? [] : [PilotModule.register(pilot)];
    return { module: PrimaryModule, imports: [CitadelModule.register(citadel), ...pilots] };
  }
}
