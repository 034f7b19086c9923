import type { Translators } from './cache';
import {
  proxyView,
  translateClusters,
  translateEndpoints,
  translateListeners,
  translateRoutes,
  translateSecrets,
} from './translate';

/** Translation as the cache asks for it. */
export const translators: Translators = {
  cds: (model, proxy) => translateClusters(model, proxy),
  eds: translateEndpoints,
  lds: (model, proxy) => translateListeners(model, proxy),
  rds: (model, proxy, names = []) => translateRoutes(model, proxy, names),
  sds: (model, proxy, names = []) => translateSecrets(model, proxy, names),
  viewOf: proxyView,
};
