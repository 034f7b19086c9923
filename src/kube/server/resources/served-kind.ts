import type { KubeObject, PrinterColumn, ResourceKind, StructuralSchema } from '../../schema';
import type { CompiledSchema, FieldError } from '../schema';

/** Where the scale subresource reads and writes replicas: dotted paths as in a CustomResourceDefinition. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** Subresources beside the main resource. */
export interface Subresources {
  readonly status: boolean;
  readonly scale?: ScalePaths;
}

/** What a strategy may ask of its surroundings while a write is prepared. */
export interface StrategyContext {
  readonly nowMs: number;
  readonly services: ServiceAllocator;
  /** Names of the kinds that are served in a group, all but those of one resource. */
  readonly namesInUse: (group: string, exceptResource: string) => NamesInUse;
}

/** Names that are taken in a group. */
export interface NamesInUse {
  /** Plural, singular and short names. */
  readonly resources: ReadonlySet<string>;
  /** Kinds and kinds of lists. */
  readonly kinds: ReadonlySet<string>;
}

/** Gives out cluster IPs and node ports, each to one Service at a time. */
export interface ServiceAllocator {
  /** The Service with `clusterIP`, `clusterIPs` and node ports filled in. @throws ApiError 422 when one is taken or none is left */
  allocate(service: KubeObject, previous?: KubeObject): KubeObject;
}

/** What one built-in kind does differently from the plain chain. Every function is pure but for the context's allocator. */
export interface KindStrategy {
  /** Fields beyond `metadata.name` and `metadata.namespace` that field selectors may name. */
  readonly selectableFields?: (object: KubeObject) => Readonly<Record<string, string>>;
  /** Fills in and drops fields of a new object, after defaulting. */
  readonly prepareForCreate?: (object: KubeObject, context: StrategyContext) => KubeObject;
  /** The same for a change of an existing one. */
  readonly prepareForUpdate?: (next: KubeObject, live: KubeObject, context: StrategyContext) => KubeObject;
  /** Findings beyond the schema's. */
  readonly validate?: (object: KubeObject, live?: KubeObject) => readonly FieldError[];
  /** `metadata.generation` counts changes of the spec. */
  readonly generation: boolean;
  /** Status may be given on creation (Nodes, and kinds without a status subresource). */
  readonly keepsStatusOnCreate?: boolean;
  /** A replacement must name the resourceVersion it was made from. */
  readonly needsResourceVersion?: boolean;
  /** How long a deletion waits for its owner to confirm it; 0 or absent: not at all. */
  readonly gracePeriodSeconds?: (object: KubeObject, requested: number | undefined) => number;
}

/** The strategy of a built-in kind; whether it counts generations stands in the table of kinds. */
export type BuiltInStrategy = Omit<KindStrategy, 'generation'>;

/** The same object in another version. Pure. */
export type ConvertObject = (object: KubeObject) => KubeObject;

/** One kind in one version as the server serves it: what discovery, the handlers and the store need to know. */
export interface ServedKind extends ResourceKind {
  /** Key of the store: `pods`, `deployments.apps`; the same for every version. */
  readonly resource: string;
  readonly singular: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** `apiVersion` that objects are stored with. */
  readonly storageApiVersion: string;
  readonly subresources: Subresources;
  /** Printer columns of a custom kind; built-in kinds have kubectl's own. */
  readonly columns: readonly PrinterColumn[];
  readonly structural: StructuralSchema;
  readonly schema: CompiledSchema;
  readonly strategy: KindStrategy;
  /** How objects are turned into this version and back; absent: versions differ by `apiVersion` alone. */
  readonly conversion?: { readonly fromStorage: ConvertObject; readonly toStorage: ConvertObject };
  /** Its definition is being deleted: nothing new may be made. */
  readonly terminating?: boolean;
  /** Defined by a CustomResourceDefinition. */
  readonly custom: boolean;
}

/** The verbs of a stored kind, in discovery's order. */
export const STORED_VERBS: readonly string[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];
