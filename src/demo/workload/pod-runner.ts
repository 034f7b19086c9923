import { type Clock, FlotillaError, formatTime, type Logger } from '../../kernel';
import type { KubeClient } from '../../kube';
import { coreKinds, namespacedName } from '../../kube/schema';
import { firstFreeAddress } from '../plan/address-plan';
import type { ZoneOfAddress } from '../plan/crossing-path';
import { wellKnownPorts } from '../plan/fleet-plan';
import { STATIC_ADDRESS } from '../plan/zone-objects';
import type { ConnectionLedger } from './connection-ledger';
import { probeReady } from './probe-ready';
import { kindOfPod, type SimulatedPod, statusPatch } from './simulated-pod';
import { WhoamiPod } from './whoami-pod';

const FIELD_MANAGER = 'demo-kubelet';

/** Where the pods of one cluster run. */
export interface PodRunnerOptions {
  readonly client: Pick<KubeClient, 'patch' | 'delete'>;
  readonly zone: string;
  /** First three octets of the pods' addresses. */
  readonly range: string;
  readonly zoneOf: ZoneOfAddress;
  readonly ledger: ConnectionLedger;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The kubelet of a demo cluster: runs the demo application of every pod that is bound to a node, as real servers on a
 * loopback address of its own, and reports podIP and readiness; asks static pods whether they are ready.
 */
export class PodRunner {
  private readonly running = new Map<string, { readonly uid: string | undefined; readonly pod: WhoamiPod }>();
  private draining = false;

  constructor(private readonly options: PodRunnerOptions) {}

  /** Makes what runs equal to the pods that there are. Call again whenever pods change, and now and then for probes. */
  async reconcile(pods: readonly SimulatedPod[]): Promise<void> {
    const wanted = new Map(pods.map((pod) => [namespacedName(pod), pod]));
    for (const [key, { uid }] of [...this.running]) {
      const pod = wanted.get(key);
      if (pod?.metadata.uid !== uid || pod?.metadata.deletionTimestamp !== undefined) await this.stopPod(key);
    }
    for (const pod of pods) await this.reconcilePod(pod, pods);
  }

  /** From the next run on every pod is reported as not ready; they go on serving. */
  drain(): void {
    this.draining = true;
  }

  /** Ends all servers, without a word to anybody. */
  async stop(): Promise<void> {
    await Promise.all([...this.running.keys()].map((key) => this.stopPod(key)));
  }

  private async reconcilePod(pod: SimulatedPod, pods: readonly SimulatedPod[]): Promise<void> {
    const kind = kindOfPod(pod);
    if (kind === 'foreign') return;
    if (pod.metadata.deletionTimestamp !== undefined) return this.finishDeletion(pod);
    if (kind === 'static') {
      const address = pod.metadata.annotations?.[STATIC_ADDRESS] ?? '';
      return this.report(pod, address, await probeReady(pod, address));
    }
    const key = namespacedName(pod);
    if (!this.running.has(key)) await this.startPod(key, pod, pods);
    await this.report(pod, this.running.get(key)?.pod.options.address ?? '', true);
  }

  private async startPod(key: string, pod: SimulatedPod, pods: readonly SimulatedPod[]): Promise<void> {
    const { zone, zoneOf, ledger } = this.options;
    const address = this.addressFor(pod, pods);
    const started = await WhoamiPod.start({
      ...{ pod: pod.metadata.name, zone, address, zoneOf, ledger },
      httpPort: wellKnownPorts.podHttp,
      grpcPort: wellKnownPorts.podGrpc,
    });
    this.running.set(key, { uid: pod.metadata.uid, pod: started });
    this.options.logger.info('pod runs', { pod: key, address });
  }

  private async stopPod(key: string): Promise<void> {
    const entry = this.running.get(key);
    this.running.delete(key);
    await entry?.pod.stop();
    this.options.logger.info('pod stopped', { pod: key });
  }

  /** The address that the pod had, if it may keep it; else the lowest one that no other pod has. */
  private addressFor(pod: SimulatedPod, pods: readonly SimulatedPod[]): string {
    const others = pods.filter((other) => other !== pod).map(({ status }) => status?.podIP ?? '');
    const taken = new Set([...others, ...[...this.running.values()].map((entry) => entry.pod.options.address)]);
    const before = pod.status?.podIP;
    if (before?.startsWith(`${this.options.range}.`) && !taken.has(before)) return before;
    const free = firstFreeAddress(this.options.range, taken);
    if (free !== undefined) return free;
    throw new FlotillaError(`giving pod ${namespacedName(pod)} an address failed: ${this.options.range}.0/24 is full`, {
      code: 'FLO6012',
      hint: 'delete pods of this zone',
    });
  }

  private async report(pod: SimulatedPod, address: string, isReady: boolean): Promise<void> {
    const time = formatTime(this.options.clock.nowMs());
    const patch = statusPatch(pod, { address, ready: isReady && !this.draining, time });
    if (patch === undefined) return;
    const { name, namespace } = pod.metadata;
    await this.options.client.patch(coreKinds.pod, name, namespace, patch, {
      type: 'merge',
      subresource: 'status',
      fieldManager: FIELD_MANAGER,
    });
  }

  /** The API server only marks a pod on a node as deleted; the kubelet removes it once its containers have ended. */
  private async finishDeletion({ metadata: { name, namespace, uid } }: SimulatedPod): Promise<void> {
    await this.options.client.delete(coreKinds.pod, name, namespace, {
      gracePeriodSeconds: 0,
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    });
  }
}
