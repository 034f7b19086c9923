import { type DynamicModule, Module } from '@nestjs/common';
import { CITADEL, type Citadel } from './citadel';
import { CitadelLifecycle } from './citadel-lifecycle';

/** One mesh's citadel as part of a Nest application: started and stopped with it, injectable by CITADEL. */
@Module({})
export class CitadelModule {
  /** The module around a citadel. */
  static register(citadel: Citadel): DynamicModule {
    return {
      module: CitadelModule,
      providers: [{ provide: CITADEL, useValue: citadel }, CitadelLifecycle],
      exports: [CITADEL],
    };
  }
}
