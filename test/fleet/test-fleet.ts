import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemoFleet, type DemoFleetOptions, type FleetZone, type LoadKind, type LoadResult } from '../../src/demo';
import { expectedFrom, type MeasuredIntent, untilConverged, untilServing } from '../../src/demo';
import { KubeClient, parseKubeconfig } from '../../src/kube';
import { namespacedName, type ResourceKind } from '../../src/kube/schema';

/** How fleets of tests differ from the default: Envoy, API servers. */
export type TestFleetOptions = Pick<DemoFleetOptions, 'envoy' | 'clusters'> & { readonly zoneCount?: number };

const CONVERGE_TIMEOUT_MS = 60_000;

/** A converged demo fleet in a folder of its own, with what tests ask of it. */
export class TestFleet {
  private readonly clients = new Map<string, KubeClient>();

  private constructor(
    readonly demo: DemoFleet,
    readonly intent: MeasuredIntent,
  ) {}

  /** Starts a fleet and waits until every zone answers as it should. Its log folder is named when that fails. */
  static async start({ zoneCount = 3, ...options }: TestFleetOptions = {}): Promise<TestFleet> {
    const dataFolder = mkdtempSync(join(tmpdir(), 'flotilla-test-'));
    const demo = await DemoFleet.create({ ...options, zoneCount, dataFolder });
    try {
      await demo.start();
      const fleet = new TestFleet(demo, await untilConverged(demo, CONVERGE_TIMEOUT_MS));
      await fleet.untilServing();
      return fleet;
    } catch (cause) {
      await demo.stop();
      throw new Error(`the fleet in ${dataFolder} did not come up: ${String(cause)}`, { cause });
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.clients.values()].map((client) => client.close()));
    await this.demo.stop();
    this.demo.removeData();
  }

  get zones(): readonly FleetZone[] {
    return this.demo.plan.zones;
  }

  zone(name: string): FleetZone {
    return this.demo.zone(name);
  }

  get kinds(): readonly LoadKind[] {
    return this.demo.hasGateways ? ['grpc', 'http', 'https'] : ['grpc'];
  }

  /** A client of `hub` or of one cluster, for the fleet's whole life. */
  client(cluster: string): KubeClient {
    const existing = this.clients.get(cluster);
    if (existing) return existing;
    const created = new KubeClient(parseKubeconfig(this.kubeconfig(cluster)));
    this.clients.set(cluster, created);
    return created;
  }

  kubeconfig(cluster: string): string {
    return readFileSync(this.demo.kubeconfigOf(cluster), 'utf8');
  }

  /** Waits until small loads from every zone come back as the access point wants. */
  async untilServing(timeoutMs = 30_000): Promise<void> {
    for (const kind of this.kinds) await untilServing(this.demo, this.intent, kind, timeoutMs);
  }

  expected(zone: FleetZone): Readonly<Record<string, number>> {
    return expectedFrom(this.intent, this.demo.plan, zone);
  }

  /** Sends from one zone; ends with the first limit. */
  load(
    zone: FleetZone,
    kind: LoadKind,
    limit: { readonly requests?: number; readonly durationMs?: number; readonly concurrency?: number },
  ): Promise<LoadResult> {
    const caPem = this.intent.mesh.status?.rootCertificate;
    return this.demo.clientOf(zone).load({
      ...{ kind, requests: limit.requests ?? 1_000_000, concurrency: limit.concurrency ?? 8 },
      ...(limit.durationMs === undefined ? {} : { durationMs: limit.durationMs }),
      ...(kind === 'https' && caPem !== undefined ? { caPem } : {}),
    });
  }

  /** Every object of some kinds in a cluster: `Kind namespace/name` → what changes when somebody writes it. */
  async versions(
    cluster: string,
    kinds: readonly ResourceKind[],
    versionOf: (metadata: { readonly resourceVersion?: string; readonly generation?: number }) => unknown,
  ): Promise<ReadonlyMap<string, unknown>> {
    const lists = kinds.map(async (kind) => {
      const { items } = await this.client(cluster).list(kind);
      return items.map((item) => {
        const key = `${kind.kind} ${namespacedName(item)}`;
        return [key, `${item.metadata.uid} ${String(versionOf(item.metadata))}`] as const;
      });
    });
    return new Map((await Promise.all(lists)).flat().sort());
  }
}

/** Asks again and again until the answer satisfies; fails with the last answer when that takes too long. */
export async function eventually<T>(
  question: () => Promise<T>,
  satisfies: (answer: T) => boolean,
  timeoutMs = 20_000,
): Promise<T> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const answer = await question();
    if (satisfies(answer)) return answer;
    if (Date.now() > deadlineMs) {
      const last = JSON.stringify(answer) ?? 'undefined';
      throw new Error(`still not so after ${timeoutMs} ms: ${last.slice(0, 2_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
