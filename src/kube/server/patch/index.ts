export { applyJsonPatch } from './json-patch';
export { applyMergePatch } from './merge-patch';
export { PatchError, type PatchErrorReason } from './patch-error';
export { applyStrategicMergePatch } from './strategic-merge-patch';
