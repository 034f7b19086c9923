import { readFileSync } from 'node:fs';
import { type AccessPoint, accessPointKind } from '../../accesspoint';
import { type MemberCluster, memberClusterKind } from '../../federation/api';
import { type Clock, FlotillaError, formatTime, pause, silentLogger } from '../../kernel';
import { Informer, KubeClient, parseKubeconfig } from '../../kube';
import type { KubeObject, ResourceKind } from '../../kube/schema';
import type { DemoFleet } from '../fleet/demo-fleet';
import type { FleetView } from './fleet-view';

const TRAFFIC_POLL_MS = 1_000;

/** Follows the hub's objects, the processes and the traffic of a fleet, and hands over a view whenever something changed. */
export class FleetFollower {
  private readonly client: KubeClient;
  private readonly accessPoints: Informer<AccessPoint>;
  private readonly members: Informer<MemberCluster>;
  private readonly stopping = new AbortController();
  private traffic: FleetView['traffic'] = {};
  private polling: Promise<void> = Promise.resolve();

  constructor(
    private readonly fleet: DemoFleet,
    private readonly clock: Clock,
    private readonly onView: (view: FleetView) => void,
  ) {
    this.client = new KubeClient(parseKubeconfig(readFileSync(fleet.kubeconfigOf('hub'), 'utf8')), { clock });
    this.accessPoints = this.follow<AccessPoint>(accessPointKind);
    this.members = this.follow<MemberCluster>(memberClusterKind);
  }

  start(): void {
    this.polling = this.pollTraffic();
  }

  /** Hands over the view as it is now: call when a process has changed. */
  refresh(): void {
    const stalled = [this.accessPoints.state, this.members.state].find(({ kind }) => kind === 'Stalled');
    this.onView({
      accessPoints: this.accessPoints.list(),
      members: this.members.list(),
      traffic: this.traffic,
      processes: this.fleet.supervisor.list(),
      ...(stalled !== undefined && 'sinceMs' in stalled ? { staleSince: formatTime(stalled.sinceMs) } : {}),
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.polling;
    await Promise.all([this.accessPoints.stop(), this.members.stop()]);
    await this.client.close();
  }

  private follow<T extends KubeObject>(kind: ResourceKind): Informer<T> {
    const { client, clock } = this;
    const informer = new Informer<T>({ client, kind, clock, random: Math.random, logger: silentLogger });
    informer.onChange(() => this.refresh());
    informer.onState(() => this.refresh());
    informer.start();
    return informer;
  }

  private async pollTraffic(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const zones = this.fleet.plan.zones.map(async (zone) => [zone.name, await this.trafficOf(zone)] as const);
      this.traffic = Object.fromEntries(await Promise.all(zones));
      this.refresh();
      await pause(this.clock, TRAFFIC_POLL_MS, this.stopping.signal);
    }
  }

  /** A client that was killed has no traffic to tell of; that it does not run is shown with the processes. */
  private async trafficOf(zone: DemoFleet['plan']['zones'][number]): Promise<FleetView['traffic'][string]> {
    try {
      return await this.fleet.clientOf(zone).traffic();
    } catch (cause) {
      if (cause instanceof FlotillaError && cause.code === 'FLO6009') return {};
      throw cause;
    }
  }
}
