import { annotations, type LabelSelector, labels, labelsSatisfying, type Manifest } from '../../federation/api';
import type { ObjectMeta } from '../../kube/schema';
import type { RenderContext } from './render-context';

/** Istio's stable networking API, served since 1.22. */
export const ISTIO_NETWORKING = 'networking.istio.io/v1';

/** What a manifest consists of beside what every manifest carries. */
export interface ManifestParts {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec: unknown;
}

/** `AccessPoint/namespace/name`, the owner annotation of everything rendered from an access point. */
export function ownerOf({ namespace, accessPoint }: Pick<RenderContext, 'namespace' | 'accessPoint'>): string {
  return `AccessPoint/${namespace}/${accessPoint.metadata.name}`;
}

/** A manifest with the labels and annotations that tell where it comes from. */
export function manifest(context: RenderContext, parts: ManifestParts): Manifest {
  const { cluster, revision, namespace } = context;
  const metadata: ObjectMeta = {
    name: parts.name,
    namespace: parts.namespace ?? namespace,
    labels: {
      ...parts.labels,
      [labels.managedBy]: 'flotilla',
      [labels.bundle]: context.bundle,
    },
    annotations: {
      ...parts.annotations,
      [annotations.cluster]: cluster.name,
      [annotations.owner]: ownerOf(context),
      [annotations.revision]: revision,
    },
  };
  return { apiVersion: parts.apiVersion, kind: parts.kind, metadata, spec: parts.spec };
}

/**
 * The Namespace that a bundle's objects live in. It carries neither owner nor bundle label: every access point of the namespace renders
 * the same bytes, and pruning by bundle never finds it, so that no namespace is ever deleted with an access point. Its labels
 * satisfy the mesh's discovery selectors: without them the primary would not see what is in a namespace that is made here. One that is there
 * already keeps its own labels, because zones leave existing namespaces alone.
 */
export function namespaceManifest(
  name: string,
  cluster: string,
  discoverySelectors: readonly LabelSelector[] = [],
): Manifest {
  const [selector] = discoverySelectors;
  const metadata: ObjectMeta = {
    name,
    ...(selector === undefined ? {} : { labels: labelsSatisfying(selector) }),
    annotations: { [annotations.cluster]: cluster },
  };
  return { apiVersion: 'v1', kind: 'Namespace', metadata };
}
