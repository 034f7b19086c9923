import type { FlotillaError, ObjectReference } from '../../kernel';
import type { FieldConflict } from '../client/kube-api-error';
import type { KubeObject } from '../schema';

/** What became of one manifest. */
export type ObjectOutcome =
  | { readonly state: 'created' | 'updated' | 'unchanged'; readonly live: KubeObject }
  | { readonly state: 'conflict'; readonly conflicts: readonly FieldConflict[]; readonly error: FlotillaError }
  | { readonly state: 'failed'; readonly error: FlotillaError };

/** One manifest and what became of it. */
export interface ObjectResult {
  readonly object: ObjectReference;
  readonly outcome: ObjectOutcome;
}

/** What became of a set of manifests. */
export interface ApplyReport {
  /** True when every object is as wanted and pruning was done. */
  readonly succeeded: boolean;
  readonly results: readonly ObjectResult[];
  /** Objects of the owner that were deleted because the set no longer holds them. */
  readonly pruned: readonly ObjectReference[];
  /** Why nothing, or not everything, was pruned; undefined when pruning was complete. */
  readonly pruneHeld?: string;
  readonly pruneFailures: readonly { readonly object: ObjectReference; readonly error: FlotillaError }[];
}

/** The reference of an object. */
export function referenceOf({ apiVersion, kind, metadata }: KubeObject): ObjectReference {
  const { namespace, name } = metadata;
  return { apiVersion, kind, ...(namespace !== undefined ? { namespace } : {}), name };
}
