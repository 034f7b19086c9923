import { type AccessPoint, accessPointKind } from '../../accesspoint';
import { type Mesh, meshKind } from '../../federation/api';
import { FlotillaError, pause, systemClock } from '../../kernel';
import type { FleetPlan, FleetZone } from '../plan/fleet-plan';
import { expectedShares } from '../report/expected-shares';
import { convergenceGaps } from './convergence';
import type { DemoFleet } from './demo-fleet';
import { withCluster } from './seed-objects';

const POLL_MS = 200;

/** The intent that a fleet is measured against, as the hub has it. */
export interface MeasuredIntent {
  readonly accessPoint: AccessPoint;
  readonly mesh: Mesh;
}

/** Reads the demo's access point and mesh from the hub; undefined while one is not there. */
export async function readIntent(plan: FleetPlan, hubKubeconfigFile: string): Promise<MeasuredIntent | undefined> {
  return withCluster(hubKubeconfigFile, async (client) => {
    const accessPoint = await client.get<AccessPoint>(accessPointKind, plan.app, plan.appNamespace);
    const mesh = await client.get<Mesh>(meshKind, plan.mesh);
    return accessPoint === undefined || mesh === undefined ? undefined : { accessPoint, mesh };
  });
}

/**
 * Waits until the hub says that the access point is in place in every zone.
 * @throws FlotillaError FLO6007 with what is missing when that takes longer than `timeoutMs`.
 */
export async function untilConverged(
  fleet: DemoFleet,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<MeasuredIntent> {
  const deadlineMs = systemClock.nowMs() + timeoutMs;
  for (;;) {
    const intent = await readIntent(fleet.plan, fleet.kubeconfigOf('hub'));
    const gaps = convergenceGaps(intent?.accessPoint, fleet.hasGateways);
    if (intent !== undefined && gaps.length === 0) return intent;
    if (systemClock.nowMs() > deadlineMs || signal?.aborted) throw notConverged(timeoutMs, gaps);
    await pause(systemClock, POLL_MS, signal);
  }
}

/** What the zones should answer to the clients of one zone, while all are up. */
export function expectedFrom(
  { accessPoint, mesh }: MeasuredIntent,
  { zones }: FleetPlan,
  zone: FleetZone,
): Readonly<Record<string, number>> {
  const spec = accessPointKind.spec.parse(accessPoint.spec);
  const { localPercent } = meshKind.spec.parse(mesh.spec).locality;
  const names = zones.map(({ name }) => name);
  return expectedShares(spec, localPercent, zone.name, names);
}

function notConverged(timeoutMs: number, gaps: readonly string[]): FlotillaError {
  return new FlotillaError(`waiting for the access point failed after ${timeoutMs / 1000} s: ${gaps.join('; ')}`, {
    code: 'FLO6007',
    hint: 'read the logs of the hub and the zones in the data folder',
  });
}
