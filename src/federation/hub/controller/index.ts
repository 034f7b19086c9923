export { BUNDLES_FINALIZER, COPY_FINALIZER } from './finalizers';
export { type Looks, looksThrough } from './looks';
export { type StatusKind, StatusController } from './status-controller';
export { WrittenVersions } from './written-versions';
