export type { StoreEvent } from './event-ring';
export type { ObjectKey } from './object-key';
export { type Change, ObjectStore, type StoreLimits } from './object-store';
export type { Page, Range, ResourceTable } from './resource-table';
export { RevisionCompactedError, RevisionConflictError } from './storage-error';
export type { StoredObject } from './stored-object';
