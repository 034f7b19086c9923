export { translateClusters } from './cluster/translate-clusters';
export { distributeFor, localityMatches } from './endpoint/distribute';
export { translateEndpoints } from './endpoint/translate-endpoints';
export { translateListeners } from './listener/translate-listeners';
export { findTarget } from './outbound-target';
export { proxyView } from './proxy-view';
export { translateRoutes } from './route/translate-routes';
export { translateSecrets } from './secret/translate-secrets';
export { translateAll, type TranslatedProxy } from './translate-all';
