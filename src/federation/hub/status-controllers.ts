import { Inject, Injectable } from '@nestjs/common';
import { AddressPools } from './addresses';
import { HubCaches } from './caches';
import { StatusController } from './controller';
import { Meshes } from './meshes';
import { PlacementPolicies, RolloutPolicies } from './policies';
import { HUB_SETTINGS, type HubSettings } from './setup';

/** The controllers of what the hub keeps a status of and releases nowhere, as one. */
@Injectable()
export class StatusControllers {
  private readonly controllers: readonly Pick<StatusController<never>, 'start' | 'stop' | 'enqueueAll'>[];

  constructor(@Inject(HUB_SETTINGS) settings: HubSettings, @Inject(HubCaches) caches: HubCaches) {
    this.controllers = [
      new StatusController(new Meshes(settings.client, caches), settings),
      new StatusController(new AddressPools(caches), settings),
      new StatusController(new PlacementPolicies(caches), settings),
      new StatusController(new RolloutPolicies(caches), settings),
    ];
  }

  start(): void {
    for (const controller of this.controllers) controller.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.controllers.map((controller) => controller.stop()));
  }

  /** Looks at all objects again. */
  enqueueAll(): void {
    for (const controller of this.controllers) controller.enqueueAll();
  }
}
