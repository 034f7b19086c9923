import type { KubeClient } from '../../../kube';
import type { KubeObject, ResourceKind } from '../../../kube/schema';

/** Keeps a deleted owner until its bundles are gone from every zone. */
export const BUNDLES_FINALIZER = 'federation.flotilla.dev/bundles';

/** Keeps a deleted member until its copy is gone from its zone. */
export const COPY_FINALIZER = 'federation.flotilla.dev/copy';

/** Whether an object is kept for its bundles. */
export function hasFinalizer({ metadata }: KubeObject, finalizer = BUNDLES_FINALIZER): boolean {
  return metadata.finalizers?.includes(finalizer) === true;
}

/** Puts one finalizer on objects of one kind, and takes it off. */
export class Finalizers {
  constructor(
    private readonly client: Pick<KubeClient, 'patch'>,
    private readonly kind: ResourceKind,
    private readonly finalizer: string,
  ) {}

  async add(object: KubeObject): Promise<void> {
    await this.set(object, [...(object.metadata.finalizers ?? []), this.finalizer]);
  }

  async remove(object: KubeObject): Promise<void> {
    if (!hasFinalizer(object, this.finalizer)) return;
    await this.set(
      object,
      (object.metadata.finalizers ?? []).filter((entry) => entry !== this.finalizer),
    );
  }

  /** The version in the patch makes it fail when others changed the list meanwhile. */
  private async set({ metadata }: KubeObject, finalizers: readonly string[]): Promise<void> {
    const { name, namespace, resourceVersion } = metadata;
    await this.client.patch(
      this.kind,
      name,
      namespace,
      { metadata: { resourceVersion, finalizers } },
      { type: 'merge' },
    );
  }
}
