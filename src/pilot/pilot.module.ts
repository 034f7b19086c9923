import { type DynamicModule, Module } from '@nestjs/common';

import { PilotLifecycle } from './pilot-lifecycle';
import { PILOT_SERVER, PilotServer, type PilotServerOptions } from './pilot-server';

/** One mesh's pilot as part of a Nest application: started and stopped with it, injectable by PILOT_SERVER. */
@Module({})
export class PilotModule {
  /** The module with what the pilot is given. */
  static register(options: PilotServerOptions): DynamicModule {
    return {
      module: PilotModule,
      providers: [{ provide: PILOT_SERVER, useFactory: () => new PilotServer(options) }, PilotLifecycle],
      exports: [PILOT_SERVER],
    };
  }
}
