import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

import { PILOT_SERVER, type PilotServer } from './pilot-server';

/** Starts the pilot with its application and stops it before the application ends. */
@Injectable()
export class PilotLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(PILOT_SERVER) private readonly pilot: PilotServer) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.pilot.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pilot.stop();
  }
}
