import type { Stop } from '../../kernel';
import type { Proxy } from '../model';
import type { ResourceSet } from './resource-set';

/** Where the xDS server gets resources from. It asks again for every proxy after each change. */
export interface ResourceSource {
  /** Whether what it has is the whole truth; until then proxies are told UNAVAILABLE and keep what they have. */
  isReady(): boolean;
  /**
   * The resources of a type for a proxy: all that exist if `names` is undefined, else at least those of the named that exist.
   * Equal views give the identical set, and an unchanged view the same set as before, so that nothing is compared in vain.
   */
  resources(proxy: Proxy, typeUrl: string, names: ReadonlySet<string> | undefined): ResourceSet;
  /** Tells of each change after which `resources` may give other sets. */
  onChange(listener: () => void): Stop;
}
