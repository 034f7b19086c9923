import { join } from 'node:path';
import { envoyBootstrap } from '../plan/envoy-bootstrap';
import { type FleetPlan, type FleetZone, wellKnownPorts } from '../plan/fleet-plan';
import { grpcBootstrap } from '../plan/grpc-bootstrap';
import type { ProcessSpec } from '../process/process-spec';
import { answersHttp } from '../workload/probe-ready';
import { ownCommand } from './own-command';

/** Order of stopping, the highest first: who uses others goes before them. */
export const tiers = { cluster: 0, hub: 1, zone: 2, workloads: 3, client: 4 } as const;

/** What the process specs of a fleet are made from. */
export interface PartsInput {
  readonly plan: FleetPlan;
  readonly planFile: string;
  readonly logFolder: string;
}

/** Ids of the processes of one zone. */
export const partIds = {
  hub: 'hub',
  zone: ({ zone }: FleetZone) => `zone:${zone}`,
  workloads: ({ zone }: FleetZone) => `workloads:${zone}`,
  client: ({ zone }: FleetZone) => `client:${zone}`,
  gateway: ({ zone }: FleetZone) => `gateway:${zone}`,
} as const;

/** The hub. `api` says where its API is: embedded in a folder and on a port, or elsewhere. */
export function hubPart(
  input: PartsInput,
  api: { readonly kubeconfigFile: string } & ({ readonly folder: string; readonly port: number } | object),
): ProcessSpec {
  const flags =
    'folder' in api
      ? ['--data', api.folder, '--port', String(api.port), '--write-kubeconfig', api.kubeconfigFile]
      : ['--kubeconfig', api.kubeconfigFile];
  return ownPart(input, partIds.hub, tiers.hub, 'hub', flags);
}

/** A zone's primary and agent. */
export function zonePart(input: PartsInput, zone: FleetZone): ProcessSpec {
  const { primary } = zone.addresses;
  return ownPart(input, partIds.zone(zone), tiers.zone, 'zone', [
    ...['--cluster', zone.gatewayCluster, '--kubeconfig', zone.gatewayKubeconfig],
    ...['--xds', `${primary}:${wellKnownPorts.xds}`],
    ...['--tls-xds', `${primary}:${wellKnownPorts.tlsXds}`],
    ...['--debug', `${primary}:${wellKnownPorts.debug}`],
    ...['--dns', `${primary}:${wellKnownPorts.dns}`],
  ]);
}

/** A zone's applications, endpoint slices and load balancers. */
export function workloadsPart(input: PartsInput, zone: FleetZone): ProcessSpec {
  const flags = ['--plan', input.planFile, '--zone', zone.name];
  return ownPart(input, partIds.workloads(zone), tiers.workloads, 'demo-workloads', flags);
}

/** A zone's client. */
export function clientPart(input: PartsInput, zone: FleetZone): ProcessSpec {
  const flags = ['--plan', input.planFile, '--zone', zone.name];
  const env = { GRPC_XDS_BOOTSTRAP_CONFIG: JSON.stringify(grpcBootstrap(input.plan, zone)) };
  return { ...ownPart(input, partIds.client(zone), tiers.client, 'demo-client', flags), env };
}

/** A zone's gateway: Envoy is ready when its admin port says so, which is after it got listeners from the primary. */
export function gatewayPart(input: PartsInput, zone: FleetZone, envoy: string): ProcessSpec {
  const bootstrap = JSON.stringify(envoyBootstrap(input.plan, zone));
  const { gateway } = zone.addresses;
  return {
    id: partIds.gateway(zone),
    command: envoy,
    args: ['--config-yaml', bootstrap, '--disable-hot-restart', '--concurrency', '1', '--log-level', 'warning'],
    logFile: join(input.logFolder, `gateway-${zone.zone}.log`),
    readiness: { kind: 'probe', isReady: () => answersHttp(gateway, wellKnownPorts.envoyAdmin, '/ready') },
    tier: tiers.client,
  };
}

function ownPart(
  { logFolder }: PartsInput,
  id: string,
  tier: number,
  name: string,
  flags: readonly string[],
): ProcessSpec {
  const [command, ...args] = ownCommand(name, ...flags);
  const logFile = join(logFolder, `${id.replace(':', '-')}.log`);
  return { id, command, args, logFile, readiness: { kind: 'ready-line' }, tier };
}
