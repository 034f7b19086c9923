import type { Bundle } from '../api';
import type { Measurements } from './gate';

/** Measures the bundles of one owner as their zones report them; a zone that has not reported makes its measure unknown. */
export function measurementsOf(bundles: readonly Bundle[]): Measurements {
  const reports = bundles.map(({ status }) => status);
  const silent = reports.includes(undefined);
  const gateways = reports.filter((status) => status?.routeConfigured !== undefined);
  const members = reports.flatMap((status) => status?.members ?? []);
  return {
    failedClusters: silent ? undefined : reports.filter((status) => status?.phase === 'Failed').length,
    unhealthyMembersPercent: members.length === 0 ? undefined : unhealthyPercent(members),
    unacknowledgedProxies:
      gateways.length === 0 ? undefined : gateways.reduce((sum, status) => sum + missing(status?.routeConfigured), 0),
  };
}

function unhealthyPercent(members: readonly { readonly healthy: boolean }[]): number {
  return (members.filter(({ healthy }) => !healthy).length * 100) / members.length;
}

function missing(report: { readonly acked: number; readonly total: number } | undefined): number {
  return report === undefined ? 0 : Math.max(0, report.total - report.acked);
}
