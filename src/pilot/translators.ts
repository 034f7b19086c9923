import { canonicalJson } from '../kernel';
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
  // A gateway's listeners also follow from the ports that its own workload declares.
  viewOf: (model, proxy) => canonicalJson([proxyView(proxy), model.workloadsByAddress.get(proxy.ip)?.ports ?? {}]),
};
