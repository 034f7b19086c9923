import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HubModule } from './hub.module';
import { HubCaches } from './caches';
import type { ReviewLookups } from './webhook';
import type { HubSettings } from './setup';

/** A running hub. Its owner closes it. */
export interface Hub {
  /** What admission looks things up in. */
  lookups(): ReviewLookups;
  /** Stops controllers, watches and connections; zones go on by themselves. */
  close(): Promise<void>;
}

/** Starts the hub's controllers and resolves once they know all objects of the hub. */
export async function startHub(settings: HubSettings): Promise<Hub> {
  const context: INestApplicationContext = await NestFactory.createApplicationContext(HubModule.register(settings), {
    logger: false,
    abortOnError: false,
  });
  const caches = context.get(HubCaches);
  return {
    lookups: () => ({
      ...caches.lookups(),
      accessPoints: caches.accessPoints.list(),
      nameServices: caches.nameServices.list(),
    }),
    close: () => context.close(),
  };
}
