import type { CheckState, NameCheck, NameRecord } from '../../nameservice';
import type { ProbeTarget } from '../probe/probe-target';
import type { WatchedHealth } from '../probe/prober';

/** What has to be probed for a name. */
export function nameTargets(record: NameRecord): readonly ProbeTarget[] {
  const checks = record.members.flatMap(({ entrance, tiers }) => [
    ...(entrance === undefined ? [] : [entrance]),
    ...tiers,
  ]);
  return checks.map((check) => probeTargetOf(record, check));
}

/** A check in the rhythm of its name; the name is what an HTTP server is asked for. */
export function probeTargetOf({ fqdn, schedule }: NameRecord, check: NameCheck): ProbeTarget {
  const { protocol, address, port, path } = check;
  return {
    ...{ protocol, address, port },
    ...(path === undefined ? {} : { path }),
    ...(protocol === 'TCP' ? {} : { serverName: fqdn }),
    schedule: {
      intervalMs: schedule.intervalSeconds * 1000,
      timeoutMs: schedule.timeoutSeconds * 1000,
      thresholds: { healthyAfter: schedule.successThreshold, unhealthyAfter: schedule.failureThreshold },
    },
  };
}

/** The states of a name's checks, out of the one table that probes write. */
export function checkStates(
  record: NameRecord,
  stateOf: (target: ProbeTarget) => WatchedHealth,
): (check: NameCheck) => CheckState {
  return (check) => stateOf(probeTargetOf(record, check));
}
