import type { DemoFleet } from '../fleet/demo-fleet';
import { type FleetZone, wellKnownPorts } from '../plan/fleet-plan';
import { textTable } from '../report/text-table';

/** What runs where, and what to try: printed once, when everything runs. */
export function describeFleet(fleet: DemoFleet): string {
  const { plan, supervisor, kubeconfigFile } = fleet;
  const processes = supervisor
    .list()
    .map(({ id, state, logFile }) => [id, state.kind === 'ready' ? String(state.pid) : '-', logFile]);
  const zones = plan.zones.map((zone) => [
    zone.name,
    zone.gatewayCluster,
    zone.workloadCluster,
    `${zone.addresses.primary}:${wellKnownPorts.xds}`,
    `http://${zone.addresses.primary}:${wellKnownPorts.debug}`,
    fleet.hasGateways ? `${zone.addresses.gateway}:${zone.gatewayPorts.http}` : 'none (no envoy found)',
  ]);
  return [
    textTable(['ZONE', 'GATEWAY CLUSTER', 'WORKLOAD CLUSTER', 'XDS', 'DEBUG', 'GATEWAY'], zones),
    '',
    textTable(['PROCESS', 'PID', 'LOG'], processes),
    '',
    `export KUBECONFIG=${kubeconfigFile}`,
    `kubectl --context hub get accesspoints,nameservices,memberclusters -A`,
    ...(plan.zones[0] === undefined ? [] : tryLines(fleet, plan.zones[0])),
    '',
    'Kill any process and watch; it comes back after 15 s. Ctrl-C stops everything.',
    '',
  ].join('\n');
}

function tryLines({ plan, hasGateways }: DemoFleet, { gatewayCluster, addresses, gatewayPorts }: FleetZone): string[] {
  const kubectl = `kubectl --context ${gatewayCluster} -n ${plan.appNamespace} get destinationrule ${plan.app} -o yaml`;
  const dig = `dig @${addresses.primary} -p ${wellKnownPorts.dns} ${plan.globalName}`;
  if (!hasGateways) return [kubectl, dig];
  return [kubectl, dig, `curl -H 'Host: ${plan.host}' http://${addresses.gateway}:${gatewayPorts.http}/`];
}
