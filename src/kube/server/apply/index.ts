export { ApplyError, type ApplyErrorReason } from './apply-error';
export { type ApplyConflict, type ApplyRequest, type ApplyResult, applyServerSide } from './apply-server-side';
export { keepTimes } from './bare-object';
export { type FieldsV1 } from './fields-v1';
export type { ManagedFieldsEntry } from './managed-fields';
export { trackUpdate, type UpdateRequest } from './track-update';
