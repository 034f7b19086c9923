import { type AccessPointFacts, accessPointBundleName, type PlacedCluster, renderAccessPoint } from '../../accesspoint';
import { digestOf, type Finding } from '../../kernel';
import { apiVersionOfKind } from '../../kube/schema';
import { type Bundle, bundleKind, type BundleSpec, labels, SYSTEM_NAMESPACE } from '../api';
import type { Snapshot } from '../revision';

/** What decides one bundle: a released revision, the facts, and the cluster. */
export interface BundleInput {
  readonly owner: { readonly namespace: string; readonly name: string };
  readonly snapshot: Snapshot;
  /** Digest of the snapshot. */
  readonly revision: string;
  readonly facts: AccessPointFacts;
  readonly cluster: PlacedCluster;
  /** Fencing epoch of this hub. */
  readonly epoch: number;
}

/** A bundle as the hub writes it, and what rendering had to say. */
export interface RenderedBundle {
  readonly bundle: Bundle & { readonly spec: BundleSpec };
  readonly findings: readonly Finding[];
}

/** Renders one access point for one cluster at the revision that was released there. */
export function bundleOf({ owner, snapshot, revision, facts, cluster, epoch }: BundleInput): RenderedBundle {
  const mesh = snapshot.accessPoint.mesh;
  const { manifests, findings } = renderAccessPoint({
    accessPoint: { apiVersion: '', kind: 'AccessPoint', metadata: owner, spec: snapshot.accessPoint },
    mesh: { metadata: { name: mesh }, spec: snapshot.mesh },
    clusters: snapshot.clusters,
    facts,
    cluster,
    revision,
  });
  const spec: BundleSpec = {
    cluster: cluster.name,
    zone: cluster.zone,
    mesh,
    owner: { kind: 'AccessPoint', namespace: owner.namespace, name: owner.name },
    revision,
    digest: digestOf(manifests),
    epoch,
    manifests: manifests.map((manifest) => ({ ...manifest })),
  };
  return { bundle: { ...bundleIdentity(owner, cluster.name), spec }, findings };
}

/** Name and labels of the bundle of an access point for a cluster; never changes, so that it can be found again. */
export function bundleIdentity(owner: { readonly namespace: string; readonly name: string }, cluster: string): Bundle {
  return {
    apiVersion: apiVersionOfKind(bundleKind),
    kind: bundleKind.kind,
    metadata: {
      name: accessPointBundleName(owner, cluster),
      namespace: SYSTEM_NAMESPACE,
      labels: { [labels.managedBy]: 'flotilla' },
    },
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
