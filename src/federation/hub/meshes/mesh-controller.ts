import { Inject, Injectable } from '@nestjs/common';
import { createRoot } from '../../../citadel';
import { FlotillaError, jsonEqual } from '../../../kernel';
import { KeyedQueue } from '../../../kube';
import { coreKinds } from '../../../kube/schema';
import { type Mesh, meshKind, SYSTEM_NAMESPACE } from '../../api';
import { type ConditionParts, isolationCondition, mergeConditions } from '../../status';
import { HubCaches } from '../caches/hub-caches';
import { currentEpoch, HUB_SETTINGS, type HubSettings, queueParts } from '../setup/hub-settings';
import { rootOfMesh, rootSecret, rootSecretName } from './mesh-root';

/** Makes the root of a self-signed mesh once, and tells in the status whether the mesh has one. */
@Injectable()
export class MeshController {
  private readonly queue: KeyedQueue;

  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    @Inject(HubCaches) private readonly caches: HubCaches,
  ) {
    this.queue = new KeyedQueue({ name: 'meshes', run: (name) => this.reconcile(name), ...queueParts(settings) });
  }

  /** Follows meshes and the Secrets of their roots. The caches must be synced. */
  start(): void {
    this.caches.meshes.onChange((name, current, previous) => {
      this.queue.add(name);
      // What one mesh has decides what the others share with it.
      if (!jsonEqual(current?.spec, previous?.spec)) this.enqueueAll();
    });
    this.caches.clusters.onChange((_name, current, previous) => {
      if (!jsonEqual(current?.spec, previous?.spec)) this.enqueueAll();
    });
    this.caches.secrets.onChange((key) => {
      for (const mesh of this.caches.meshes.list()) {
        if (`${SYSTEM_NAMESPACE}/${rootSecretName(mesh)}` === key) this.queue.add(mesh.metadata.name);
      }
    });
  }

  async stop(): Promise<void> {
    await this.queue.stop();
  }

  /** Looks at all meshes again. */
  enqueueAll(): void {
    for (const { metadata } of this.caches.meshes.list()) this.queue.add(metadata.name);
  }

  private async reconcile(name: string): Promise<void> {
    const mesh = this.caches.meshes.get(name);
    if (currentEpoch(this.settings) === undefined) return;
    if (mesh?.spec === undefined || mesh.metadata.deletionTimestamp !== undefined) return;
    const root = rootOfMesh(mesh, this.caches.secrets);
    if (root === undefined && mayMakeRoot(mesh)) await this.makeRoot(mesh, mesh.spec);
    const isolation = isolationCondition(mesh, this.caches.meshes.list(), this.caches.clusters.list());
    const status = meshStatus(mesh, { certificate: root?.certificatePem, isolation }, this.settings.clock.nowMs());
    if (!jsonEqual(status, mesh.status)) await this.settings.client.replaceStatus(meshKind, { ...mesh, status });
  }

  private async makeRoot(mesh: Mesh, { trustDomain, ca }: NonNullable<Mesh['spec']>): Promise<void> {
    const nowMs = this.settings.clock.nowMs();
    const { algorithm, rootLifetimeDays: lifetimeDays } = ca;
    const root = await createRoot({ trustDomain, algorithm, lifetimeDays, nowMs });
    // Create, never replace: a root that another hub made meanwhile stays.
    await this.settings.client.create(coreKinds.secret, rootSecret(mesh, root)).catch(existsAlready);
  }
}

/** A mesh that once had a root never gets another by itself: every identity would lose its trust. */
function mayMakeRoot({ spec, status }: Mesh): boolean {
  return spec?.ca.selfSigned === true && status?.rootCertificate === undefined;
}

function meshStatus(
  { metadata, spec, status: old }: Mesh,
  { certificate, isolation }: { readonly certificate: string | undefined; readonly isolation: ConditionParts },
  nowMs: number,
): NonNullable<Mesh['status']> {
  const generation = metadata.generation ?? 0;
  const rootCertificate = certificate ?? old?.rootCertificate;
  return {
    observedGeneration: generation,
    conditions: mergeConditions(old?.conditions, [ready(spec, certificate, old?.rootCertificate), isolation], {
      generation,
      nowMs,
    }),
    ...(rootCertificate === undefined ? {} : { rootCertificate }),
  };
}

function ready(spec: Mesh['spec'], certificate: string | undefined, known: string | undefined): ConditionParts {
  const type = 'Ready';
  if (certificate !== undefined) return { type, status: 'True', reason: 'RootReady', message: 'the mesh has a root' };
  if (known !== undefined) {
    const message =
      'the Secret of the root is gone; restore it, because a new root would break the trust of every workload';
    return { type, status: 'False', reason: 'RootMissing', message };
  }
  if (spec?.ca.selfSigned === false) {
    const message = `Secret ${SYSTEM_NAMESPACE}/${spec.ca.rootSecretRef?.name ?? ''} with tls.crt and tls.key is missing`;
    return { type, status: 'False', reason: 'RootMissing', message };
  }
  return { type, status: 'False', reason: 'RootPending', message: 'the root is being made' };
}

function existsAlready(cause: unknown): void {
  if (!(cause instanceof FlotillaError) || cause.code !== 'FLO2005') throw cause;
}
