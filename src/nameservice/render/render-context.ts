import type { MeshIntentSpec, PlacedCluster } from '../../accesspoint';
import { annotations, labels, type Manifest } from '../../federation/api';
import type { ZoneName } from '../../kernel';
import type { NameIntent } from '../answer';
import type { NameMember, NameRecord } from '../record';
import { nameBundleName } from './names';

/** Everything that decides the manifests of one name for one cluster. */
export interface NameRenderInput {
  readonly owner: { readonly namespace: string; readonly name: string };
  readonly intent: NameIntent;
  readonly meshSpec: MeshIntentSpec;
  /** What this cluster's zone is to know; members and names that only the mesh still has are in it. */
  readonly record: NameRecord;
  /** The gateway clusters of all zones that consume the name. */
  readonly clusters: readonly PlacedCluster[];
  readonly cluster: PlacedCluster;
  /** Members, by id, that external DNS must not tell: most zones find them dead. */
  readonly unhealthy: ReadonlySet<string>;
  readonly revision: string;
}

/** One address that the mesh connects to. */
export interface MeshAddress {
  readonly member: NameMember;
  readonly address: string;
  /** Where Envoy places it: a zone, or a place of its own for a name elsewhere. */
  readonly locality: ZoneName;
}

/** A manifest's own parts. */
export interface ManifestParts {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What every manifest has. */
export type Identity = Pick<Manifest, 'apiVersion' | 'kind' | 'metadata'>;

/** Kind and metadata with the marks that tell where an object comes from; the caller adds spec or data. */
export function identity(input: NameRenderInput, parts: ManifestParts): Identity {
  const { owner, cluster, revision } = input;
  return {
    apiVersion: parts.apiVersion,
    kind: parts.kind,
    metadata: {
      name: parts.name,
      namespace: owner.namespace,
      labels: {
        ...parts.labels,
        [labels.managedBy]: 'flotilla',
        [labels.bundle]: nameBundleName(owner, cluster.name),
      },
      annotations: {
        ...parts.annotations,
        [annotations.cluster]: cluster.name,
        [annotations.owner]: `NameService/${owner.namespace}/${owner.name}`,
        [annotations.revision]: revision,
      },
    },
  };
}
