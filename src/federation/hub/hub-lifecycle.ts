import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Stop } from '../../kernel';
import { HubCaches, WorkloadCaches } from './caches';
import { HubControllers } from './hub-controllers';
import { HUB_SETTINGS, hubKinds, type HubSettings, installKinds } from './setup';
import { ZoneConnections } from './zones';

/** Starts and stops the hub in order: its kinds, its caches, and only then the controllers and the zones. */
@Injectable()
export class HubLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private stopElection: Stop | undefined;

  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    @Inject(HubCaches) private readonly caches: HubCaches,
    @Inject(ZoneConnections) private readonly zones: ZoneConnections,
    @Inject(WorkloadCaches) private readonly workloads: WorkloadCaches,
    @Inject(HubControllers) private readonly controllers: HubControllers,
  ) {}

  /** Resolves once the hub knows all its objects; nothing was written to any zone before. */
  async onApplicationBootstrap(): Promise<void> {
    const { signal } = this.stopping;
    await installKinds(this.settings.client, hubKinds, signal);
    await this.caches.start(signal);
    // Zones first: the controllers wait for the first answer of those that are known.
    this.zones.start(this.controllers);
    this.controllers.start();
    this.workloads.start();
    this.stopElection = this.settings.election?.onChange(() => this.controllers.onLeadership());
    this.settings.election?.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    this.stopElection?.();
    await this.controllers.stop();
    await this.zones.stop();
    await this.workloads.stop();
    await this.caches.stop();
    // Last, when nothing more is written: another hub leads from here on.
    await this.settings.election?.stop();
  }
}
