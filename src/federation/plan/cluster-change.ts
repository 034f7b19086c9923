import type { ObjectReference } from '../../kernel';
import type { FieldChange } from './diff-objects';

/** What happens to one object of one cluster. */
export interface ObjectChange {
  readonly op: 'create' | 'update' | 'delete';
  readonly object: ObjectReference;
  /** Empty for create and delete: the whole object comes or goes. */
  readonly diff: readonly FieldChange[];
}

/** A field that somebody else owns, or an object that the cluster would refuse: the change would not go through there, or fight over it. */
export interface FieldManagerConflict {
  readonly object: ObjectReference;
  /** As Kubernetes writes it: `.spec.replicas`. */
  readonly field?: string;
  /** Who owns the field. */
  readonly manager?: string;
  /** Instead of both: why the cluster would refuse the object. */
  readonly message?: string;
}

/** What happens in one cluster. A held cluster keeps what it has until it can be reached or is no longer paused. */
export interface ClusterChange {
  readonly cluster: string;
  readonly state: 'ready' | 'held';
  readonly reason?: string;
  readonly changes: readonly ObjectChange[];
  /** Found by a server-side dry run; absent when there was none. */
  readonly conflicts?: readonly FieldManagerConflict[];
  /** How the cluster was asked for conflicts; absent when it was not. */
  readonly checkedWith?: string;
  /** Why no dry run was made in this cluster, or not of everything. */
  readonly notChecked?: string;
}
