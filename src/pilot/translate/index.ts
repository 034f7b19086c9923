export { translateClusters } from './cluster/translate-clusters';
export { translateEndpoints } from './endpoint/translate-endpoints';
export { translateListeners } from './listener/translate-listeners';
export { proxyView } from './proxy-view';
export { translateRoutes } from './route/translate-routes';
export { translateSecrets } from './secret/translate-secrets';
export { translateAll, type TranslatedProxy } from './translate-all';
