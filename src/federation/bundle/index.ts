export { bundleIdentity, bundleOf, type BundleInput, type RenderedBundle, sameBundle } from './bundle-of';
export { bundleProgress, type BundleProgress } from './bundle-progress';
