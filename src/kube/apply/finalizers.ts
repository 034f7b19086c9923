import type { KubeClient } from '../client/kube-client';
import { KubeApiError } from '../client/kube-api-error';
import type { KubeObject, ResourceKind } from '../schema';

type FinalizerClient = Pick<KubeClient, 'patch'>;

/**
 * Makes sure that the object cannot vanish before this controller has cleaned up. Nothing is written when the
 * finalizer is there already.
 * @throws KubeApiError FLO2004 when the object changed since it was read: read again, decide again.
 */
export async function addFinalizer<T extends KubeObject>(
  client: FinalizerClient,
  kind: ResourceKind,
  object: T,
  finalizer: string,
): Promise<T> {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(finalizer)) return object;
  return patchFinalizers(client, kind, object, [...finalizers, finalizer]);
}

/**
 * Lets the object go as far as this controller is concerned. undefined when it is gone already.
 * @throws KubeApiError FLO2004 when the object changed since it was read.
 */
export async function removeFinalizer<T extends KubeObject>(
  client: FinalizerClient,
  kind: ResourceKind,
  object: T,
  finalizer: string,
): Promise<T | undefined> {
  const finalizers = object.metadata.finalizers ?? [];
  if (!finalizers.includes(finalizer)) return object;
  try {
    return await patchFinalizers(
      client,
      kind,
      object,
      finalizers.filter((name) => name !== finalizer),
    );
  } catch (cause) {
    if (cause instanceof KubeApiError && cause.isNotFound) return undefined;
    throw cause;
  }
}

/** The version in the patch makes the server refuse it when others changed the list meanwhile. */
function patchFinalizers<T extends KubeObject>(
  client: FinalizerClient,
  kind: ResourceKind,
  { metadata: { name, namespace, resourceVersion } }: T,
  finalizers: readonly string[],
): Promise<T> {
  return client.patch<T>(kind, name, namespace, { metadata: { resourceVersion, finalizers } }, { type: 'merge' });
}
