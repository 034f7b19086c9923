import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { FlotillaError, parseZoneName, type ZoneName } from '../../kernel';
import { zoneAddresses } from './address-plan';
import { type ZoneOfAddress, zoneLookup } from './crossing-path';
import { type DemoZone, demoZones } from './demo-zone';

/** Ports of the demo's access point: what clients of the gateways and of the mesh dial. */
export interface AccessPorts {
  readonly http: number;
  readonly https: number;
  readonly grpc: number;
}

const ports = z.object({ http: z.int(), https: z.int(), grpc: z.int() });
const zone = z.object({
  index: z.int(),
  name: z.string().transform((raw): ZoneName => parseZoneName(raw)),
  region: z.string(),
  zone: z.string(),
  gatewayCluster: z.string(),
  workloadCluster: z.string(),
  addresses: z.object({ prefix: z.string(), primary: z.string(), client: z.string(), gateway: z.string() }),
  gatewayPorts: ports,
  agentSocket: z.string(),
  gatewayKubeconfig: z.string(),
  workloadKubeconfig: z.string(),
});
const fleetPlan = z.object({
  block: z.int(),
  mesh: z.string(),
  rootNamespace: z.string(),
  gatewayNamespace: z.string(),
  appNamespace: z.string(),
  app: z.string(),
  host: z.string(),
  globalName: z.string(),
  ports,
  replicas: z.int(),
  zones: z.array(zone),
});

/** All that the parts of one demo fleet must agree on; written once as JSON, read by each process. */
export type FleetPlan = z.output<typeof fleetPlan>;
/** One zone of the plan: names, loopback addresses, the ports that its gateway binds, its clusters' kubeconfig files. */
export type FleetZone = FleetPlan['zones'][number];

/** Fixed ports on a zone's own loopback addresses; the numbers are istiod's and Envoy's usual ones. */
export const wellKnownPorts = {
  xds: 15010,
  tlsXds: 15012,
  debug: 15014,
  dns: 15053,
  envoyAdmin: 15000,
  clientControl: 15080,
  podHttp: 8080,
  podGrpc: 9090,
} as const;

/** What a plan cannot know by itself. */
export interface PlanInput {
  readonly zoneCount: number;
  readonly block: number;
  readonly ports: AccessPorts;
  readonly gatewayPorts: (zone: DemoZone) => AccessPorts;
  readonly kubeconfigFile: (cluster: string) => string;
  /** Where the agent of a zone's gateway listens. A Unix socket's path has at most 107 characters. */
  readonly agentSocket: (zone: DemoZone) => string;
}

/** The demo: one application in one mesh, in every zone, with as many replicas each as make a failure partial. */
export function planFleet(input: PlanInput): FleetPlan {
  return {
    block: input.block,
    mesh: 'prod',
    rootNamespace: 'istio-system',
    gatewayNamespace: 'istio-prod',
    appNamespace: 'shop',
    app: 'checkout',
    host: 'checkout.shop.example.com',
    globalName: 'checkout.global.example.com',
    ports: input.ports,
    replicas: 3,
    zones: demoZones(input.zoneCount).map((demoZone) => ({
      ...demoZone,
      addresses: zoneAddresses(input.block, demoZone.index),
      gatewayPorts: input.gatewayPorts(demoZone),
      agentSocket: input.agentSocket(demoZone),
      gatewayKubeconfig: input.kubeconfigFile(demoZone.gatewayCluster),
      workloadKubeconfig: input.kubeconfigFile(demoZone.workloadCluster),
    })),
  };
}

/** Reads the plan that a fleet wrote. @throws FlotillaError FLO6008 when it cannot be read or is no plan. */
export function readFleetPlan(file: string): FleetPlan {
  try {
    return fleetPlan.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new FlotillaError(`reading the fleet plan ${file} failed: ${why}`, { code: 'FLO6008', cause });
  }
}

/** The zone of that name. @throws FlotillaError FLO6008 when the plan has none. */
export function zoneOfPlan(plan: FleetPlan, name: string): FleetZone {
  const found = plan.zones.find((candidate) => candidate.name === name || candidate.zone === name);
  if (found) return found;
  throw new FlotillaError(`the fleet plan has no zone "${name}"`, {
    code: 'FLO6008',
    hint: `it has: ${plan.zones.map((candidate) => candidate.name).join(', ')}`,
  });
}

/** Tells zones by address for this fleet. */
export function zoneOfAddressIn(plan: FleetPlan): ZoneOfAddress {
  return zoneLookup(plan.zones.map(({ name, addresses }) => ({ name, prefix: addresses.prefix })));
}
