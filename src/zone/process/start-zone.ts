import { NestFactory } from '@nestjs/core';
import { ZoneModule } from '../zone.module';
import { type ZoneAddresses, ZoneProcess } from './zone-process';
import type { ZoneSettings } from './zone-settings';

/** A zone process that has been started. Its owner closes it. */
export interface Zone {
  /** Resolves when the ports are open; rejects when the zone is closed before. */
  readonly ready: Promise<ZoneAddresses>;
  close(): Promise<void>;
}

/** Starts a zone. Returns at once: the zone may have to wait for its gateway cluster or for the hub's first visit. */
export async function startZone(settings: ZoneSettings): Promise<Zone> {
  const context = await NestFactory.createApplicationContext(ZoneModule.register(settings), {
    logger: false,
    abortOnError: false,
  });
  const ready = context.get(ZoneProcess).start();
  return { ready, close: () => context.close() };
}
