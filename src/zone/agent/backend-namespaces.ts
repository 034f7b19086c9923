import type { Bundle } from '../../federation/api';
import { manifestsOf } from '../apply/manifests-of';
import { backendSelectorOf } from '../facts/ready-pods';

/** Which namespace the backend of a bundle lives in; worked out once per bundle as it stands in the cache. */
export class BackendNamespaces {
  private readonly known = new WeakMap<Bundle, { readonly namespace: string | undefined }>();

  /** undefined for a bundle that selects no pods. */
  namespaceOf(bundle: Bundle): string | undefined {
    const known = this.known.get(bundle);
    if (known !== undefined) return known.namespace;
    const namespace = backendSelectorOf(manifestsOf(bundle))?.namespace;
    this.known.set(bundle, { namespace });
    return namespace;
  }
}
