import type { MeshModel, Proxy } from '../model';
import { translateClusters } from './cluster/translate-clusters';
import { translateEndpoints } from './endpoint/translate-endpoints';
import { translateListeners } from './listener/translate-listeners';
import { referencedRoutes, referencedSecrets } from './referenced-names';
import { translateRoutes } from './route/translate-routes';
import { translateSecrets } from './secret/translate-secrets';
import type { XdsResource } from './xds-resource';

/** Everything that a proxy gets, by xDS type, each in the order in which it is sent. */
export interface TranslatedProxy {
  readonly cds: readonly XdsResource[];
  readonly eds: readonly XdsResource[];
  readonly lds: readonly XdsResource[];
  readonly rds: readonly XdsResource[];
  readonly sds: readonly XdsResource[];
}

/** Translates all that a proxy would ask for: the endpoints of its clusters, the routes of its listeners, their secrets. */
export function translateAll(model: MeshModel, proxy: Proxy): TranslatedProxy {
  const cds = translateClusters(model, proxy);
  const lds = translateListeners(model, proxy);
  return {
    cds,
    eds: translateEndpoints(model, proxy),
    lds,
    rds: translateRoutes(model, proxy, referencedRoutes(lds)),
    sds: translateSecrets(model, proxy, referencedSecrets([...cds, ...lds])),
  };
}
