import type { PlacedCluster } from '../../accesspoint';
import { digestOf } from '../../kernel';
import type { BundleSpec, Manifest } from '../api';

/** What one bundle is made from. */
export interface BundleInput {
  readonly owner: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly mesh: string;
  /** Digest of the revision that the manifests were rendered from. */
  readonly revision: string;
  readonly cluster: Pick<PlacedCluster, 'name' | 'zone'>;
  /** Fencing epoch of this hub. */
  readonly epoch: number;
  readonly manifests: readonly Manifest[];
  /** Digest of the manifests, when it is known already. */
  readonly digest?: string | undefined;
}

/** What the hub writes into a zone for one cluster. */
export function bundleSpecOf({ owner, mesh, revision, cluster, epoch, manifests, digest }: BundleInput): BundleSpec {
  return {
    cluster: cluster.name,
    zone: cluster.zone,
    mesh,
    owner: { kind: owner.kind, namespace: owner.namespace, name: owner.name },
    revision,
    digest: digest ?? digestOf(manifests),
    epoch,
    manifests: manifests.map((manifest) => ({ ...manifest })),
  };
}

/** Whether a bundle in a zone already says what the hub wants it to say; only differences are written. */
export function sameBundle(wanted: BundleSpec, found: BundleSpec | undefined): boolean {
  return (
    found !== undefined &&
    found.digest === wanted.digest &&
    found.revision === wanted.revision &&
    found.cluster === wanted.cluster &&
    found.zone === wanted.zone &&
    found.mesh === wanted.mesh
  );
}
