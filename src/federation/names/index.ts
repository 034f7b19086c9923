export { decideName } from './decide-name';
export { judgeName } from './judge-name';
export { objectsIn, recordInBundle, renderName } from './render-name';
export { withdrawName } from './withdraw-name';
export type { NameInput } from './name-input';
export type { NameSnapshot } from './name-snapshot';
