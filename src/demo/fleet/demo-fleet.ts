import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../../kernel';
import { ControlClient } from '../client/control-client';
import { type FleetPlan, type FleetZone, planFleet, zoneOfPlan } from '../plan/fleet-plan';
import { ProcessGuard } from '../process/process-guard';
import type { ProcessState } from '../process/process-spec';
import { Supervisor } from '../process/supervisor';
import { type AddressClaim, claimAddresses, findAccessPorts, findFreePort, findGatewayPorts } from './claim-addresses';
import type { ClusterProvider } from './cluster-provider';
import { writeCombinedKubeconfig } from './combined-kubeconfig';
import { EmbeddedClusters } from './embedded-clusters';
import { ownCommand } from './own-command';
import { clientPart, gatewayPart, hubPart, type PartsInput, workloadsPart, zonePart } from './parts';
import { seedHub, seedZone } from './seed-objects';

/** What a fleet is made of. */
export interface DemoFleetOptions {
  readonly zoneCount: number;
  /** Holds everything: state of the API servers, kubeconfigs, logs. What is there from last time is taken up again. */
  readonly dataFolder: string;
  /** The Envoy program; without one there are no gateways, and only gRPC is measured. */
  readonly envoy?: string;
  /** Where API servers come from; Flotilla's embedded one unless given. */
  readonly clusters?: (supervisor: Supervisor, logFolder: string) => ClusterProvider;
  /** Told about every process that starts, gets ready or ends. */
  readonly onChange?: (id: string, state: ProcessState) => void;
}

/**
 * A whole Flotilla on one machine, every part a process of its own: hub, and for each zone two clusters, the zone process,
 * the workloads, a client, and a gateway if there is an Envoy. Any part can be killed and restarted.
 */
export class DemoFleet {
  readonly supervisor: Supervisor;
  readonly clusters: ClusterProvider;
  private readonly parts: PartsInput;

  private constructor(
    readonly plan: FleetPlan,
    private readonly options: DemoFleetOptions,
    private readonly claim: AddressClaim,
    private readonly guard: ProcessGuard,
  ) {
    const { dataFolder, onChange } = options;
    const logFolder = join(dataFolder, 'logs');
    this.parts = { plan, planFile: join(dataFolder, 'fleet.json'), logFolder };
    this.supervisor = new Supervisor({ clock: systemClock, guard, onChange: onChange ?? (() => undefined) });
    this.clusters = options.clusters?.(this.supervisor, logFolder) ?? new EmbeddedClusters(this.supervisor, logFolder);
  }

  /** Takes addresses and ports, and writes the plan. Starts nothing yet but the guard. */
  static async create(options: DemoFleetOptions): Promise<DemoFleet> {
    const { zoneCount } = options;
    const dataFolder = resolve(options.dataFolder);
    mkdirSync(join(dataFolder, 'kubeconfigs'), { recursive: true });
    const claim = await claimAddresses();
    try {
      const gatewayPorts = await findGatewayPorts(zoneCount);
      const ports = await findAccessPorts(claim.block);
      const plan = planFleet({
        ...{ zoneCount, block: claim.block, ports },
        gatewayPorts: ({ index }) => gatewayPorts[index - 1] ?? ports,
        agentSocket: ({ zone }) => agentSocket(dataFolder, claim.block, zone),
        kubeconfigFile: (cluster) => kubeconfigFile(dataFolder, cluster),
      });
      writeFileSync(join(dataFolder, 'fleet.json'), `${JSON.stringify(plan, undefined, 2)}\n`);
      return new DemoFleet(plan, { ...options, dataFolder }, claim, ProcessGuard.start(ownCommand('demo-guard')));
    } catch (cause) {
      await claim.release();
      throw cause;
    }
  }

  get hasGateways(): boolean {
    return this.options.envoy !== undefined;
  }

  /** One file with a context for the hub and for every cluster. */
  get kubeconfigFile(): string {
    return join(this.options.dataFolder, 'kubeconfig');
  }

  /** Admin kubeconfig of `hub` or of one cluster. */
  kubeconfigOf(cluster: string): string {
    return kubeconfigFile(this.options.dataFolder, cluster);
  }

  zone(name: string): FleetZone {
    return zoneOfPlan(this.plan, name);
  }

  /** By which the client of a zone is told what to send. */
  clientOf(zone: FleetZone): ControlClient {
    return new ControlClient(zone.addresses.client);
  }

  /** Starts every part, as much at once as can be. Resolves when all are ready; convergence comes after. */
  async start(): Promise<void> {
    const hub = this.startHub();
    const zones = this.plan.zones.map((zone) => ({ zone, clusters: this.startClusters(zone) }));
    const seeded = Promise.all([hub, ...zones.map(({ clusters }) => clusters)]).then(() => this.finishHub());
    await Promise.all([
      seeded,
      ...zones.map(async ({ zone, clusters }) => {
        await clusters;
        await this.startZone(zone);
      }),
    ]);
  }

  /** Stops every part, users before the used, and gives addresses back. */
  async stop(): Promise<void> {
    await this.supervisor.stopAll();
    await this.clusters.stopAll();
    await this.guard.close();
    await this.claim.release();
  }

  /** Deletes everything that the fleet kept; after `stop`. */
  removeData(): void {
    rmSync(this.options.dataFolder, { recursive: true, force: true });
  }

  private async startHub(): Promise<void> {
    const kubeconfig = this.kubeconfigOf('hub');
    const folder = join(this.options.dataFolder, 'hub');
    if (this.clusters.servesHub) {
      await this.clusters.start({ name: 'hub', role: 'hub', folder, kubeconfigFile: kubeconfig });
      await this.supervisor.start(hubPart(this.parts, { kubeconfigFile: kubeconfig }));
    } else {
      const port = await findFreePort();
      await this.supervisor.start(hubPart(this.parts, { kubeconfigFile: kubeconfig, folder, port }));
    }
  }

  private async startClusters(zone: FleetZone): Promise<void> {
    const start = (name: string, role: 'gateway' | 'workload', kubeconfig: string): Promise<void> =>
      this.clusters.start({
        ...{ name, role, kubeconfigFile: kubeconfig },
        folder: join(this.options.dataFolder, 'clusters', name),
      });
    await Promise.all([
      start(zone.gatewayCluster, 'gateway', zone.gatewayKubeconfig),
      start(zone.workloadCluster, 'workload', zone.workloadKubeconfig),
    ]);
    await seedZone(this.plan, zone);
  }

  private async finishHub(): Promise<void> {
    const clusters = this.plan.zones.flatMap(({ gatewayCluster, workloadCluster }) => [
      gatewayCluster,
      workloadCluster,
    ]);
    const contexts = ['hub', ...clusters].map((name) => [name, this.kubeconfigOf(name)] as const);
    writeCombinedKubeconfig(this.kubeconfigFile, new Map(contexts));
    await seedHub(this.plan, this.kubeconfigOf('hub'));
  }

  private async startZone(zone: FleetZone): Promise<void> {
    const { envoy } = this.options;
    const primary = this.supervisor.start(zonePart(this.parts, zone));
    await Promise.all([
      primary,
      this.supervisor.start(workloadsPart(this.parts, zone)),
      this.supervisor.start(clientPart(this.parts, zone)),
      envoy === undefined ? undefined : primary.then(() => this.supervisor.start(gatewayPart(this.parts, zone, envoy))),
    ]);
  }
}

function kubeconfigFile(dataFolder: string, cluster: string): string {
  return join(dataFolder, 'kubeconfigs', `${cluster}.yaml`);
}

/** In the data folder, unless its path is too long for the address of a Unix socket (107 characters on Linux). */
function agentSocket(dataFolder: string, block: number, zone: string): string {
  const inside = join(dataFolder, `agent-${zone}.sock`);
  return inside.length <= 100 ? inside : join(tmpdir(), `flotilla-${block}-${zone}.sock`);
}
