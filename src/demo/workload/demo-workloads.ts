import { readFileSync } from 'node:fs';
import { type Clock, type Logger, pause } from '../../kernel';
import { KubeClient, parseKubeconfig } from '../../kube';
import { GatewayAgent } from '../agent';
import { podRange, vipRange } from '../plan/address-plan';
import { type FleetPlan, type FleetZone, zoneOfAddressIn } from '../plan/fleet-plan';
import { ConnectionLedger } from './connection-ledger';
import { SimulatedCluster } from './simulated-cluster';

/** How long drained pods go on serving, while the news travels to the proxies. */
const DRAIN_MS = 500;

/** What the process of one zone's workloads needs. */
export interface DemoWorkloadsOptions {
  readonly plan: FleetPlan;
  readonly zone: FleetZone;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The simulated half of a zone's two clusters, in one process: applications, endpoint slices, load balancers, the gateway's agent. */
export class DemoWorkloads {
  private constructor(
    private readonly clusters: readonly SimulatedCluster[],
    private readonly agent: GatewayAgent,
    private readonly clock: Clock,
  ) {}

  /** Resolves when every pod that exists runs, and is reported as ready. */
  static async start({ plan, zone, clock, logger }: DemoWorkloadsOptions): Promise<DemoWorkloads> {
    const ledger = new ConnectionLedger();
    const zoneOf = zoneOfAddressIn(plan);
    const create = (kubeconfigFile: string, role: 'Gateway' | 'Workload'): SimulatedCluster => {
      const client = new KubeClient(parseKubeconfig(readFileSync(kubeconfigFile, 'utf8')), { clock });
      return new SimulatedCluster({
        ...{ client, zone: zone.name, topologyZone: zone.zone, zoneOf, ledger, clock },
        podRange: podRange(zone.addresses, role),
        vipRange: vipRange(zone.addresses, role),
        logger: logger.child({ cluster: client.cluster }),
      });
    };
    const clusters = [create(zone.workloadKubeconfig, 'Workload'), create(zone.gatewayKubeconfig, 'Gateway')];
    await Promise.all(clusters.map((cluster) => cluster.start()));
    const agent = new GatewayAgent({ plan, zone, clock, logger });
    await agent.start();
    return new DemoWorkloads(clusters, agent, clock);
  }

  /** Stops as nodes do that are drained: not ready first, and half a second later gone. */
  async stop(): Promise<void> {
    await Promise.all(this.clusters.map((cluster) => cluster.drain()));
    await pause(this.clock, DRAIN_MS);
    await Promise.all([this.agent.stop(), ...this.clusters.map((cluster) => cluster.stop())]);
  }
}
