export { bundleSpecOf, type BundleInput, sameBundle } from './bundle-of';
export { bundleProgress, type BundleProgress } from './bundle-progress';
