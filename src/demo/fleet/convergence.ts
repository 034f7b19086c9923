import type { AccessPoint } from '../../accesspoint';

/** Conditions that must hold before the split is worth measuring. */
const NEEDED = ['Accepted', 'Placed', 'AddressAssigned', 'CertificateInstalled', 'Available', 'RolloutComplete'];

/**
 * What is still missing, in the hub's own words; empty when the access point is in place everywhere.
 * @param withGateways whether gateways run, so that somebody can acknowledge routes
 */
export function convergenceGaps(accessPoint: AccessPoint | undefined, withGateways: boolean): readonly string[] {
  if (accessPoint === undefined) return ['the access point is not on the hub'];
  const { status, metadata } = accessPoint;
  if (status?.observedGeneration !== undefined && status.observedGeneration !== metadata.generation) {
    return ['the hub has not looked at the newest spec yet'];
  }
  const needed = withGateways ? [...NEEDED, 'RouteConfigured'] : NEEDED;
  return needed.flatMap((type) => {
    const condition = status?.conditions?.find((candidate) => candidate.type === type);
    if (condition?.status === 'True') return [];
    return [`${type}: ${condition?.message ?? 'not reported yet'}`];
  });
}
