import type { Bundle, BundleSpec, BundleStatus } from '../api';

/** How far a zone is with the bundle that the hub wants there now. */
export interface BundleProgress {
  readonly state: 'Waiting' | 'Applied' | 'Failed';
  /** What is waited for, or what failed. */
  readonly message?: string;
}

/**
 * Judges a zone's report. Applied means: the zone applied exactly the wanted manifests, and every proxy that has to know the routes
 * acknowledged them. A report about an older generation of the bundle says nothing.
 */
export function bundleProgress(wanted: BundleSpec, found: Bundle | undefined): BundleProgress {
  if (found?.spec?.digest !== wanted.digest) return { state: 'Waiting', message: 'the bundle is not in the zone yet' };
  const { status } = found;
  if (status === undefined) return { state: 'Waiting', message: 'the zone has not reported yet' };
  const current = status.observedGeneration === undefined || status.observedGeneration === found.metadata.generation;
  if (current && status.phase === 'Failed')
    return { state: 'Failed', message: status.message ?? 'the zone reports a failure' };
  if (status.phase !== 'Applied' || status.appliedDigest !== wanted.digest) {
    return { state: 'Waiting', message: status.message ?? 'the zone has not applied the bundle yet' };
  }
  return routeProgress(status.routeConfigured);
}

function routeProgress(report: BundleStatus['routeConfigured']): BundleProgress {
  const { acked = 0, total = 0, firstDifference } = report ?? {};
  if (acked >= total) return { state: 'Applied' };
  const first = firstDifference === undefined ? '' : `: ${firstDifference}`;
  return { state: 'Waiting', message: `${acked} of ${total} proxies acknowledged the routes${first}` };
}
