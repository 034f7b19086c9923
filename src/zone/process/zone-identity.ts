import type { MemberCluster, Mesh, MeshSpec } from '../../federation/api';
import { formatLocality } from '../../kernel';
import type { ZoneCopies } from '../agent/zone-copies';

/** Who the zone is, from the copies in its gateway cluster. */
export interface ZoneIdentity {
  /** `region/zone` */
  readonly zone: string;
  readonly mesh: string;
  readonly meshSpec: MeshSpec;
  /** Meshes that this process does not serve: each needs a process of its own. */
  readonly otherMeshes: readonly string[];
}

/** Reads who the zone is; a text says what is missing. */
export function zoneIdentity(
  cluster: string,
  member: MemberCluster | undefined,
  meshes: ReadonlyMap<string, Mesh>,
): ZoneIdentity | string {
  if (member?.spec === undefined) return `the gateway cluster holds no copy of MemberCluster ${cluster} yet`;
  const { region, zone, meshes: names } = member.spec;
  const [mesh = '', ...otherMeshes] = names;
  const meshSpec = meshes.get(mesh)?.spec;
  if (meshSpec === undefined) return `the gateway cluster holds no copy of Mesh ${mesh} yet`;
  return { zone: formatLocality({ region, zone }), mesh, meshSpec, otherMeshes };
}

/**
 * Waits until the copies say who the zone is; the hub writes them when it first reaches the cluster.
 * @param onWaiting told once of each reason to wait
 * @throws the signal's reason when it aborts
 */
export function whenIdentified(
  cluster: string,
  copies: Pick<ZoneCopies, 'memberClusters' | 'meshes'>,
  onWaiting: (reason: string) => void,
  signal: AbortSignal,
): Promise<ZoneIdentity> {
  return new Promise((resolve, reject) => {
    let told: string | undefined;
    const end = (): void => stops.forEach((stop) => stop());
    const look = (): void => {
      const meshes = new Map(copies.meshes.list().map((mesh) => [mesh.metadata.name, mesh]));
      const identity = zoneIdentity(cluster, copies.memberClusters.get(cluster), meshes);
      if (typeof identity !== 'string') {
        end();
        resolve(identity);
      } else if (identity !== told) {
        told = identity;
        onWaiting(identity);
      }
    };
    const abort = (): void => {
      end();
      reject(signal.reason instanceof Error ? signal.reason : new Error('the wait was ended'));
    };
    const stops = [
      copies.memberClusters.onChange(() => setImmediate(look)),
      copies.meshes.onChange(() => setImmediate(look)),
      () => signal.removeEventListener('abort', abort),
    ];
    signal.addEventListener('abort', abort, { once: true });
    look();
  });
}
