import { FlotillaError, pause, systemClock } from '../../kernel';
import type { LoadKind } from '../client/load-client';
import type { LoadResult } from '../client/run-load';
import type { FleetZone } from '../plan/fleet-plan';
import { type CheckedSplit, checkSplit } from '../report/check-split';
import type { SplitMeasurement } from '../report/up-report';
import type { DemoFleet } from './demo-fleet';
import { expectedFrom, type MeasuredIntent } from './measured-intent';

const PAUSE_MS = 200;
const PROBE_REQUESTS = 500;
/** Requests under way at once from each zone: enough to keep two cores busy, few enough that none waits long. */
const CONCURRENCY = 24;

/** The kinds of load that this fleet can send. */
export function measurableKinds({ hasGateways }: Pick<DemoFleet, 'hasGateways'>): readonly LoadKind[] {
  return hasGateways ? ['grpc', 'http', 'https'] : ['grpc'];
}

/**
 * Sends small loads until they come back as they should: proxies get the news of a converged fleet a moment after the hub
 * reports it. What is measured afterwards counts in full.
 * @throws FlotillaError FLO6007 with the last reasons when that takes longer than `timeoutMs`.
 */
export async function untilServing(
  fleet: DemoFleet,
  intent: MeasuredIntent,
  kind: LoadKind,
  timeoutMs: number,
): Promise<void> {
  await Promise.all(
    fleet.plan.zones.map(async (zone) => {
      const deadlineMs = systemClock.nowMs() + timeoutMs;
      for (;;) {
        const { reasons } = await measure(fleet, intent, { zone, kind, requests: PROBE_REQUESTS });
        if (reasons.length === 0) return;
        if (systemClock.nowMs() > deadlineMs) throw notServing(timeoutMs, reasons);
        await pause(systemClock, PAUSE_MS);
      }
    }),
  );
}

/** Measures one kind of load from all zones at once. */
export function measureSplits(
  fleet: DemoFleet,
  intent: MeasuredIntent,
  kind: LoadKind,
  requests: number,
): Promise<readonly MeasuredSplit[]> {
  return Promise.all(fleet.plan.zones.map((zone) => measure(fleet, intent, { zone, kind, requests })));
}

/** A checked row with the crossings that were counted. */
export interface MeasuredSplit extends CheckedSplit {
  readonly maxCrossings: number;
}

async function measure(
  fleet: DemoFleet,
  intent: MeasuredIntent,
  { zone, kind, requests }: { readonly zone: FleetZone; readonly kind: LoadKind; readonly requests: number },
): Promise<MeasuredSplit> {
  const root = rootOf(intent);
  const result = await fleet.clientOf(zone).load({
    ...{ kind, requests, concurrency: CONCURRENCY },
    ...(kind === 'https' && root !== undefined ? { caPem: root } : {}),
  });
  const checked = checkSplit(measurementOf(zone, kind, result), expectedFrom(intent, fleet.plan, zone));
  return { ...checked, maxCrossings: result.maxCrossings };
}

/** The root certificate that HTTPS must chain to: the mesh's, as the hub publishes it. */
export function rootOf({ mesh }: MeasuredIntent): string | undefined {
  return mesh.status?.rootCertificate;
}

function measurementOf(zone: FleetZone, kind: LoadKind, result: LoadResult): SplitMeasurement {
  const client = kind === 'grpc' ? 'grpc' : 'envoy';
  return { ...result, client, protocol: kind, fromZone: zone.name };
}

function notServing(timeoutMs: number, reasons: readonly string[]): FlotillaError {
  return new FlotillaError(`waiting for right answers failed after ${timeoutMs / 1000} s: ${reasons.join('; ')}`, {
    code: 'FLO6007',
    hint: 'read the logs of the zones and gateways in the data folder',
  });
}
