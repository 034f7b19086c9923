import { Inject, Injectable } from '@nestjs/common';
import { signIntermediate } from '../../../citadel';
import { type FlotillaError, jsonEqual, toFlotillaError } from '../../../kernel';
import { addFinalizer, KeyedQueue, removeFinalizer, type RunResult } from '../../../kube';
import { apiVersionOfKind } from '../../../kube/schema';
import {
  type Bundle,
  FIELD_MANAGER,
  labels,
  type MemberCluster,
  memberClusterKind,
  type Mesh,
  meshKind,
} from '../../api';
import {
  copyDiffers,
  isLagging,
  memberClusterCopy,
  memberClusterStatus,
  type ZoneContact,
} from './member-cluster-status';
import { COPY_FINALIZER } from '../controller';
import { HubCaches } from '../caches';
import { currentEpoch, HUB_SETTINGS, type HubSettings, queueParts } from '../setup';
import { rootOfMesh } from '../meshes';
import { needsSigning } from './needs-signing';
import type { ZoneConnection } from './zone-connection';
import { ZoneConnections } from './zone-connections';

/** How often a member is looked at without a change, for what depends on time: contact, progress, renewal. */
const LOOK_AGAIN_MS = 30_000;

/** One run per zone, and no bound on zones: however many do not answer, the others are not kept waiting. */
const EACH_ZONE_BY_ITSELF = { concurrency: Number.POSITIVE_INFINITY, groupConcurrency: 1 };

/** Copies members and meshes into their zone, signs what the zone asks for, and reads back what the zone observed. */
@Injectable()
export class MemberClusterController {
  private readonly queue: KeyedQueue;
  /** Since when each bundle's report is owed, by cluster and bundle. */
  private readonly laggingSinceMs = new Map<string, number>();
  private readonly versions = new Map<string, string>();

  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    @Inject(HubCaches) private readonly caches: HubCaches,
    @Inject(ZoneConnections) private readonly zones: ZoneConnections,
  ) {
    const run = (name: string, signal: AbortSignal): Promise<RunResult | void> => this.reconcile(name, signal);
    this.queue = new KeyedQueue({
      name: 'member clusters',
      run,
      groupOf: (name) => this.zoneOf(name),
      ...EACH_ZONE_BY_ITSELF,
      ...queueParts(settings),
    });
  }

  /** Follows members, and the meshes and roots that their copies depend on. The caches must be synced. */
  start(): void {
    this.caches.clusters.onChange((name) => this.queue.add(name));
    this.caches.meshes.onChange(() => this.enqueueAll());
    this.caches.secrets.onChange(() => this.enqueueAll());
  }

  async stop(): Promise<void> {
    await this.queue.stop();
  }

  /** Looks at one member again: its zone reported something. */
  enqueue(name: string): void {
    this.queue.add(name);
  }

  /** Looks at all members again: a zone came or went. */
  enqueueAll(): void {
    for (const { metadata } of this.caches.clusters.list()) this.queue.add(metadata.name);
  }

  private async reconcile(name: string, signal: AbortSignal): Promise<RunResult | void> {
    const member = this.caches.clusters.get(name);
    if (member?.spec === undefined || currentEpoch(this.settings) === undefined) return;
    const connection = this.connectionOf(member);
    if (member.metadata.deletionTimestamp !== undefined) return this.withdraw(member, connection);
    const held = await addFinalizer(this.settings.client, memberClusterKind, member, COPY_FINALIZER);
    if (held !== member) return;
    const failure = await this.updateZone(member, connection, signal).then(
      () => undefined,
      (cause: unknown) => toFlotillaError(cause),
    );
    await this.writeStatus(member, connection, failure);
    if (failure !== undefined) throw failure;
    return { requeueAfterMs: LOOK_AGAIN_MS };
  }

  private async updateZone(
    member: MemberCluster,
    connection: ZoneConnection | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (connection === undefined || connection.held !== undefined || member.spec === undefined) return;
    if (member.spec.role === 'Gateway') await this.copyMeshes(member.spec.meshes, connection, signal);
    const copy = connection.members.get(member.metadata.name);
    const chains = await this.chainsFor(member.spec.meshes, copy);
    const spec = memberClusterCopy({ spec: member.spec }, chains);
    if (!copyDiffers(spec, copy)) return;
    const object = {
      apiVersion: apiVersionOfKind(memberClusterKind),
      kind: memberClusterKind.kind,
      metadata: { name: member.metadata.name, labels: { [labels.managedBy]: 'flotilla' } },
      spec,
    };
    await connection.client.apply(memberClusterKind, object, { fieldManager: FIELD_MANAGER, force: true, signal });
  }

  private async copyMeshes(names: readonly string[], connection: ZoneConnection, signal: AbortSignal): Promise<void> {
    for (const name of names) {
      const mesh = this.caches.meshes.get(name);
      if (mesh?.spec === undefined || jsonEqual(mesh.spec, connection.meshes.get(name)?.spec)) continue;
      await connection.client.apply(meshKind, meshCopy(mesh), { fieldManager: FIELD_MANAGER, force: true, signal });
    }
  }

  /** The chains that the copy has, with those added or renewed that the zone asks for. */
  private async chainsFor(meshes: readonly string[], copy: MemberCluster | undefined): Promise<Record<string, string>> {
    const chains: Record<string, string> = { ...copy?.spec?.certificateChains };
    for (const name of meshes) {
      const csrPem = copy?.status?.certificateRequests?.[name];
      const mesh = this.caches.meshes.get(name);
      const root = mesh === undefined ? undefined : rootOfMesh(mesh, this.caches.secrets);
      if (csrPem === undefined || mesh?.spec === undefined || root === undefined) continue;
      const nowMs = this.settings.clock.nowMs();
      const rootCertificatePem = root.certificatePem;
      if (!(await needsSigning({ requestPem: csrPem, chainPem: chains[name], rootCertificatePem, nowMs }))) continue;
      const { trustDomain, ca } = mesh.spec;
      const lifetimeDays = ca.intermediateLifetimeDays;
      const { keyPem: rootKeyPem } = root;
      chains[name] = await signIntermediate({
        csrPem,
        rootKeyPem,
        rootCertificatePem,
        lifetimeDays,
        trustDomain,
        nowMs,
      });
    }
    return chains;
  }

  private async writeStatus(
    member: MemberCluster,
    connection: ZoneConnection | undefined,
    failure: FlotillaError | undefined,
  ): Promise<void> {
    const nowMs = this.settings.clock.nowMs();
    const contact = await this.contactOf(member, connection, nowMs);
    const status = memberClusterStatus(member, { ...contact, held: contact.held ?? failure?.message }, nowMs);
    if (!jsonEqual(status, member.status))
      await this.settings.client.replaceStatus(memberClusterKind, { ...member, status });
  }

  private async contactOf(
    member: MemberCluster,
    connection: ZoneConnection | undefined,
    nowMs: number,
  ): Promise<ZoneContact> {
    const { name } = member.metadata;
    const gateway = this.gatewayOf(member);
    const bundles = (connection?.bundles.list() ?? []).filter(({ spec }) => spec?.cluster === name);
    const held = gateway === undefined ? 'its zone has no gateway cluster' : this.zones.heldReason(gateway);
    const version = held === undefined && connection !== undefined ? await this.versionOf(connection) : undefined;
    return {
      held,
      version,
      copy: connection?.members.get(name),
      bundles,
      laggingMs: this.laggingMs(name, bundles, nowMs),
    };
  }

  private async versionOf(connection: ZoneConnection): Promise<string> {
    const known = this.versions.get(connection.gateway);
    const version = known ?? (await connection.client.version()).gitVersion;
    this.versions.set(connection.gateway, version);
    return version;
  }

  private laggingMs(cluster: string, bundles: readonly Bundle[], nowMs: number): number {
    const owed = new Set(
      bundles
        .filter(isLagging)
        .map((bundle) => `${cluster} ${bundle.metadata.name} ${bundle.metadata.generation ?? 0}`),
    );
    for (const key of this.laggingSinceMs.keys())
      if (key.startsWith(`${cluster} `) && !owed.has(key)) this.laggingSinceMs.delete(key);
    for (const key of owed) if (!this.laggingSinceMs.has(key)) this.laggingSinceMs.set(key, nowMs);
    const since = [...owed].map((key) => this.laggingSinceMs.get(key) ?? nowMs);
    return since.length === 0 ? 0 : nowMs - Math.min(...since);
  }

  /** Deletes the copy of a deleted member; a gateway cluster that left the fleet keeps what it has. */
  private async withdraw(member: MemberCluster, connection: ZoneConnection | undefined): Promise<void> {
    const reachable = connection !== undefined && connection.held === undefined;
    if (member.spec?.role === 'Workload' && reachable)
      await connection.client.delete(memberClusterKind, member.metadata.name);
    await removeFinalizer(this.settings.client, memberClusterKind, member, COPY_FINALIZER);
  }

  private connectionOf(member: MemberCluster): ZoneConnection | undefined {
    const gateway = this.gatewayOf(member);
    return gateway === undefined ? undefined : this.zones.get(gateway);
  }

  private gatewayOf({ metadata, spec }: MemberCluster): string | undefined {
    if (spec?.role === 'Gateway') return metadata.name;
    const gateway = this.caches.clusters
      .list()
      .find(
        (other) =>
          other.spec?.role === 'Gateway' && other.spec.region === spec?.region && other.spec.zone === spec?.zone,
      );
    return gateway?.metadata.name;
  }

  private zoneOf(name: string): string {
    const spec = this.caches.clusters.get(name)?.spec;
    return spec === undefined ? name : `${spec.region}/${spec.zone}`;
  }
}

function meshCopy({ metadata, spec }: Mesh): Mesh {
  return {
    apiVersion: apiVersionOfKind(meshKind),
    kind: meshKind.kind,
    metadata: { name: metadata.name, labels: { [labels.managedBy]: 'flotilla' } },
    ...(spec === undefined ? {} : { spec }),
  };
}
