import { type Bundle, bundleKind, SYSTEM_NAMESPACE } from '../../federation/api';
import { KubeApiError, type KubeClient } from '../../kube';

/** Keeps a Bundle in sight until the zone has taken its objects out of the cluster. */
export const BUNDLE_FINALIZER = 'federation.flotilla.dev/zone-agent';

/** Puts the zone's finalizer on Bundles and takes it off again; finalizers of others stay. */
export class BundleFinalizer {
  constructor(private readonly client: Pick<KubeClient, 'patch'>) {}

  isOn({ metadata }: Bundle): boolean {
    return (metadata.finalizers ?? []).includes(BUNDLE_FINALIZER);
  }

  /**
   * Before anything is applied, so that nothing applied can be forgotten.
   * @returns undefined when somebody else changed the bundle meanwhile
   */
  async holdOn(bundle: Bundle): Promise<Bundle | undefined> {
    if (this.isOn(bundle)) return bundle;
    return this.write(bundle, [...(bundle.metadata.finalizers ?? []), BUNDLE_FINALIZER]);
  }

  /** When nothing of the bundle is left. @returns false when somebody else changed the bundle meanwhile */
  async release(bundle: Bundle): Promise<boolean> {
    const others = (bundle.metadata.finalizers ?? []).filter((finalizer) => finalizer !== BUNDLE_FINALIZER);
    return (await this.write(bundle, others)) !== undefined;
  }

  /** With the version that was read, so that no other finalizer is lost. A bundle that is gone has none. */
  private async write(bundle: Bundle, finalizers: readonly string[]): Promise<Bundle | undefined> {
    const { name, resourceVersion } = bundle.metadata;
    const patch = { metadata: { finalizers, resourceVersion } };
    try {
      return await this.client.patch<Bundle>(bundleKind, name, SYSTEM_NAMESPACE, patch, {
        type: 'merge',
        fieldManager: 'flotilla-zone',
      });
    } catch (cause) {
      if (cause instanceof KubeApiError && cause.isNotFound) return bundle;
      if (cause instanceof KubeApiError && cause.isConflict) return undefined;
      throw cause;
    }
  }
}
