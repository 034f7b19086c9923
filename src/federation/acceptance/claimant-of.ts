import { type AccessPoint, type Claimant, type Lookups, validateAccessPoint } from '../../accesspoint';
import type { Revision } from '../api';
import { type AccessPointSnapshot, snapshotIn } from '../revision';
import { hasErrors } from './accept-access-point';

/**
 * What an access point claims: by its spec, unless that is wrong by itself or is about to go, and by what some cluster still runs of it.
 * @param revisions its own; none where nothing runs yet
 */
export function claimantOf(accessPoint: AccessPoint, lookups: Lookups, revisions: readonly Revision[]): Claimant {
  const deleted = accessPoint.metadata.deletionTimestamp !== undefined;
  const valid = !deleted && !hasErrors(validateAccessPoint(accessPoint, lookups));
  const running = new Set((accessPoint.status?.clusters ?? []).map(({ revision }) => revision));
  const released = revisions.filter(({ spec }) => running.has(spec?.digest));
  return {
    accessPoint,
    wanted: valid ? accessPoint.spec : undefined,
    released: released.flatMap((revision) => snapshotIn<AccessPointSnapshot>(revision)?.accessPoint ?? []),
  };
}
