import { createRoot } from '../../../citadel';
import { FlotillaError, jsonEqual } from '../../../kernel';
import type { Informer } from '../../../kube';
import { coreKinds } from '../../../kube/schema';
import { type Mesh, meshKind, SYSTEM_NAMESPACE } from '../../api';
import { isolationCondition } from '../../status';
import type { HubCaches } from '../caches';
import type { Looks, StatusKind } from '../controller';
import type { HubSettings } from '../setup';
import { rootOfMesh, rootSecret, rootSecretName } from './mesh-root';
import { meshStatus } from './mesh-status';

/** Makes the root of a self-signed mesh once, and tells in the status whether the mesh has one. */
export class Meshes implements StatusKind<Mesh> {
  readonly name = 'meshes';
  readonly definition = meshKind;
  readonly objects: Informer<Mesh>;

  constructor(
    private readonly client: HubSettings['client'],
    private readonly caches: HubCaches,
  ) {
    this.objects = caches.meshes;
  }

  follow(looks: Looks): void {
    const { meshes, clusters, secrets } = this.caches;
    // What one mesh has decides what the others share with it.
    meshes.onChange((_name, current, previous) => {
      if (!jsonEqual(current?.spec, previous?.spec)) looks.atAll();
    });
    clusters.onChange((_name, current, previous) => {
      if (!jsonEqual(current?.spec, previous?.spec)) looks.atAll();
    });
    secrets.onChange((key) => {
      for (const mesh of meshes.list())
        if (`${SYSTEM_NAMESPACE}/${rootSecretName(mesh)}` === key) looks.at(mesh.metadata.name);
    });
  }

  async statusOf(mesh: Mesh, nowMs: number): Promise<Mesh['status']> {
    if (mesh.spec === undefined) return undefined;
    const root = rootOfMesh(mesh, this.caches.secrets);
    if (root === undefined && mayMakeRoot(mesh)) await this.makeRoot(mesh, mesh.spec, nowMs);
    const isolation = isolationCondition(mesh, this.objects.list(), this.caches.clusters.list());
    return meshStatus(mesh, { certificate: root?.certificatePem, isolation }, nowMs);
  }

  private async makeRoot(mesh: Mesh, { trustDomain, ca }: NonNullable<Mesh['spec']>, nowMs: number): Promise<void> {
    const { algorithm, rootLifetimeDays: lifetimeDays } = ca;
    const root = await createRoot({ trustDomain, algorithm, lifetimeDays, nowMs });
    // Create, never replace: a root that another hub made meanwhile stays.
    await this.client.create(coreKinds.secret, rootSecret(mesh, root)).catch(existsAlready);
  }
}

/** A mesh that once had a root never gets another by itself: every identity would lose its trust. */
function mayMakeRoot({ spec, status }: Mesh): boolean {
  return spec?.ca.selfSigned === true && status?.rootCertificate === undefined;
}

function existsAlready(cause: unknown): void {
  if (!(cause instanceof FlotillaError) || cause.code !== 'FLO2005') throw cause;
}
