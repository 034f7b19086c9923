import type { EndpointSlice, Service } from '../../istio';
import type { Clock, Logger, Stop } from '../../kernel';
import { Informer, type KubeClient } from '../../kube';
import { coreKinds, type KubeObject, type ResourceKind } from '../../kube/schema';
import type { ZoneOfAddress } from '../plan/crossing-path';
import type { ConnectionLedger } from './connection-ledger';
import { SLICE_SELECTOR } from './endpoint-slices';
import { LoadBalancerRunner } from './load-balancer-runner';
import { PodRunner } from './pod-runner';
import { ReconcileLoop } from './reconcile-loop';
import type { SimulatedPod } from './simulated-pod';
import { SliceWriter } from './slice-writer';

const PROBE_INTERVAL_MS = 1_000;

/** One cluster whose nodes, endpoint controller and load balancers are simulated. */
export interface SimulatedClusterOptions {
  readonly client: KubeClient;
  /** `region/zone`, which its applications answer with. */
  readonly zone: string;
  /** The zone's name as nodes are labelled. */
  readonly topologyZone: string;
  readonly podRange: string;
  readonly vipRange: string;
  readonly zoneOf: ZoneOfAddress;
  readonly ledger: ConnectionLedger;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The part of a Kubernetes cluster that an API server alone does not have: it follows Pods and Services, runs the demo
 * application's pods, writes EndpointSlices, and gives load balancers addresses that work.
 */
export class SimulatedCluster {
  private readonly pods: Informer<SimulatedPod>;
  private readonly services: Informer<Service>;
  private readonly slices: Informer<EndpointSlice>;
  private readonly runner: PodRunner;
  private readonly writer: SliceWriter;
  private readonly balancers: LoadBalancerRunner;
  private readonly loop: ReconcileLoop;
  private stopProbes: Stop = () => undefined;

  constructor(private readonly options: SimulatedClusterOptions) {
    const { client, zone, podRange, vipRange, zoneOf, ledger, clock, logger } = options;
    this.pods = this.follow<SimulatedPod>(coreKinds.pod);
    this.services = this.follow<Service>(coreKinds.service);
    this.slices = this.follow<EndpointSlice>(coreKinds.endpointSlice, SLICE_SELECTOR);
    this.runner = new PodRunner({ client, zone, range: podRange, zoneOf, ledger, clock, logger });
    this.writer = new SliceWriter(client, options.topologyZone, logger);
    this.balancers = new LoadBalancerRunner({ client, range: vipRange, ledger, logger });
    this.loop = new ReconcileLoop(client.cluster, () => this.reconcile(), { clock, logger });
  }

  /** Resolves when everything that was there at the start runs and is reported. */
  async start(): Promise<void> {
    const informers = [this.pods, this.services, this.slices];
    for (const informer of informers) informer.start();
    await Promise.all(informers.map((informer) => informer.whenSynced()));
    for (const informer of informers) informer.onChange(() => this.loop.trigger());
    this.loop.trigger();
    this.scheduleProbe();
    await this.loop.settled();
  }

  /** Takes the pods out of service: they are reported as not ready, and go on serving those who have not heard yet. */
  async drain(): Promise<void> {
    this.runner.drain();
    this.loop.trigger();
    await this.loop.settled();
  }

  /** Ends servers, load balancers and watches. */
  async stop(): Promise<void> {
    this.stopProbes();
    await this.loop.stop();
    await Promise.all([this.balancers.stop(), this.runner.stop()]);
    await Promise.all([this.pods, this.services, this.slices].map((informer) => informer.stop()));
    await this.options.client.close();
  }

  private async reconcile(): Promise<void> {
    const [pods, services] = [this.pods.list(), this.services.list()];
    await this.runner.reconcile(pods);
    await this.writer.reconcile(services, pods, this.slices.list());
    await this.balancers.reconcile(services, pods);
  }

  private scheduleProbe(): void {
    this.stopProbes = this.options.clock.after(PROBE_INTERVAL_MS, () => {
      this.loop.trigger();
      this.scheduleProbe();
    });
  }

  private follow<T extends KubeObject>(kind: ResourceKind, labelSelector?: string): Informer<T> {
    const { client, clock, logger } = this.options;
    const selection = labelSelector === undefined ? {} : { labelSelector };
    return new Informer<T>({ client, kind, clock, random: Math.random, logger, ...selection });
  }
}
