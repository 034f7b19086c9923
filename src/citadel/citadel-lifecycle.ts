import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CITADEL, type Citadel } from './citadel';

/** Starts citadel with its application and stops it before the application ends. */
@Injectable()
export class CitadelLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(CITADEL) private readonly citadel: Citadel) {}

  onApplicationBootstrap(): void {
    this.citadel.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.citadel.stop();
  }
}
