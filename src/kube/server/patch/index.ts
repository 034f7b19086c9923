export { applyJsonPatch } from './json-patch';
export { applyMergePatch } from './merge-patch';
export { type PatchErrorReason } from './patch-error';
export { applyStrategicMergePatch } from './strategic-merge-patch';
