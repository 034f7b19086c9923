import { type AccessPointSpec, localityShares } from '../../accesspoint';
import type { ZoneName } from '../../kernel';

/**
 * The fraction of answers that each zone should give to the clients of `from`, while every zone is up: from the intent
 * (localPercent, remote, failoverOrder), not from what was rendered, so that a wrong rendering is found out.
 * @param meshLocalPercent the mesh's default, used when the access point says nothing
 */
export function expectedShares(
  spec: Pick<AccessPointSpec, 'runtime'>,
  meshLocalPercent: number,
  from: ZoneName,
  zones: readonly ZoneName[],
): Readonly<Record<string, number>> {
  const { localPercent = meshLocalPercent, remote, failoverOrder } = spec.runtime.locality;
  const { to } = localityShares(from, zones, { localPercent, remote, failoverOrder });
  return Object.fromEntries([...to].map(([zone, percent]) => [zone, percent / 100]));
}

/** The same for a global name under `Locality`: the mesh's own share stays, the nearest zone proves itself with the rest. */
export function expectedNameShares(
  meshLocalPercent: number,
  from: ZoneName,
  zones: readonly ZoneName[],
): Readonly<Record<string, number>> {
  const { to } = localityShares(from, zones, { localPercent: meshLocalPercent, remote: 'Nearest', failoverOrder: [] });
  return Object.fromEntries([...to].map(([zone, percent]) => [zone, percent / 100]));
}
