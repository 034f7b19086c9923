import { labels } from '../../federation/api';
import { type KubeObject, parseApiVersion } from '../../kube/schema';
import { inApplyOrder, inDeleteOrder } from './apply-order';
import { type Difference, differences } from './differences';

/** On an object that was there before Flotilla: it is given back, not deleted, when its bundle goes. */
export const ADOPTED = 'federation.flotilla.dev/adopted';

const ABSENT: Difference = { path: '', wanted: 'present', found: 'absent' };

/** What to do with one manifest of a bundle. */
export type ApplyStep =
  /** Nothing: the object is as the manifest says. */
  | { readonly kind: 'keep'; readonly manifest: KubeObject }
  /** Make it, if nobody did: a namespace that bundles share. It is neither labelled nor pruned. */
  | { readonly kind: 'ensure'; readonly manifest: KubeObject }
  /** Server-side apply. `force` takes back fields from other managers; only on objects that Flotilla made. */
  | {
      readonly kind: 'apply';
      readonly manifest: KubeObject;
      readonly force: boolean;
      readonly differences: readonly Difference[];
    }
  /** The object belongs to another bundle. */
  | { readonly kind: 'refuse'; readonly manifest: KubeObject; readonly holder: string };

/** What to do with an object that the bundle no longer holds: delete it, or give up the fields of an adopted one. */
export interface PruneStep {
  readonly kind: 'delete' | 'release';
  readonly object: KubeObject;
}

/** A bundle and what its cluster holds of it. */
export interface ApplyInput {
  /** `metadata.name` of the Bundle, the value of the bundle label. */
  readonly bundle: string;
  readonly manifests: readonly KubeObject[];
  /** Live objects by {@link identityOf}: those labelled with this bundle, and those that stand where a manifest wants to be. */
  readonly live: ReadonlyMap<string, KubeObject>;
}

/** Steps in the order to take them; prune only when every apply step has succeeded. */
export interface ApplyPlan {
  readonly apply: readonly ApplyStep[];
  readonly prune: readonly PruneStep[];
}

/** Decides what makes the cluster hold exactly the bundle's manifests. */
export function planApply({ bundle, manifests, live }: ApplyInput): ApplyPlan {
  const wanted = new Set(manifests.map(identityOf));
  const leftOver = [...live.values()].filter(
    (object) => bundleOf(object) === bundle && !wanted.has(identityOf(object)),
  );
  return {
    apply: inApplyOrder(manifests).map((manifest) => applyStep(bundle, manifest, live.get(identityOf(manifest)))),
    prune: inDeleteOrder(leftOver).map(pruneStep),
  };
}

/** Decides how a deleted bundle's objects leave the cluster. */
export function planRemoval(bundle: string, live: readonly KubeObject[]): readonly PruneStep[] {
  return inDeleteOrder(live.filter((object) => bundleOf(object) === bundle)).map(pruneStep);
}

/** Group, kind, namespace and name: the same object, in whatever version it is read. */
export function identityOf({
  apiVersion,
  kind,
  metadata,
}: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): string {
  return `${parseApiVersion(apiVersion).group}/${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

/** The bundle that an object says it belongs to. */
export function bundleOf({ metadata }: KubeObject): string | undefined {
  return metadata.labels?.[labels.bundle];
}

function applyStep(bundle: string, manifest: KubeObject, live: KubeObject | undefined): ApplyStep {
  if (manifest.kind === 'Namespace') return { kind: live ? 'keep' : 'ensure', manifest };
  const holder = live && bundleOf(live);
  if (holder !== undefined && holder !== bundle) return { kind: 'refuse', manifest, holder };
  const adopted = live !== undefined && (holder === undefined || live.metadata.annotations?.[ADOPTED] === 'true');
  const labelled = marked(manifest, bundle, adopted);
  if (live === undefined) return { kind: 'apply', manifest: labelled, force: false, differences: [ABSENT] };
  const found = differences(labelled, live);
  if (found.length === 0) return { kind: 'keep', manifest: labelled };
  return { kind: 'apply', manifest: labelled, force: !adopted, differences: found };
}

/** The manifest with the label that pruning looks for, whatever the hub wrote. */
function marked(manifest: KubeObject, bundle: string, adopted: boolean): KubeObject {
  const { metadata } = manifest;
  return {
    ...manifest,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, [labels.managedBy]: 'flotilla', [labels.bundle]: bundle },
      ...(adopted ? { annotations: { ...metadata.annotations, [ADOPTED]: 'true' } } : {}),
    },
  };
}

function pruneStep(object: KubeObject): PruneStep {
  return { kind: object.metadata.annotations?.[ADOPTED] === 'true' ? 'release' : 'delete', object };
}
