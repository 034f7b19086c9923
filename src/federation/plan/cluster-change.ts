import type { ObjectReference } from '../../kernel';
import type { FieldChange } from './diff-objects';

/** What happens to one object of one cluster. */
export interface ObjectChange {
  readonly op: 'create' | 'update' | 'delete';
  readonly object: ObjectReference;
  /** Empty for create and delete: the whole object comes or goes. */
  readonly diff: readonly FieldChange[];
}

/** What happens in one cluster. A held cluster keeps what it has until it can be reached or is no longer paused. */
export interface ClusterChange {
  readonly cluster: string;
  readonly state: 'ready' | 'held';
  readonly reason?: string;
  readonly changes: readonly ObjectChange[];
}
