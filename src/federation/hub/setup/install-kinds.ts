import type { KubeClient } from '../../../kube';
import { coreKinds, type KindDefinition, toCustomResourceDefinition } from '../../../kube/schema';
import { FIELD_MANAGER, SYSTEM_NAMESPACE } from '../../api';

/** Helm's mark on what a release of a chart consists of. */
const MANAGED_BY = 'app.kubernetes.io/managed-by';

/**
 * Applies the definitions of kinds, and makes the system namespace. Definitions that belong to a Helm release are left to it: two who
 * write one definition would undo each other's upgrades.
 */
export async function installKinds(
  client: Pick<KubeClient, 'apply' | 'get'>,
  kinds: readonly KindDefinition[],
  signal: AbortSignal,
): Promise<void> {
  const options = { fieldManager: FIELD_MANAGER, force: true, signal };
  for (const kind of kinds) {
    const definition = toCustomResourceDefinition(kind);
    const found = await client.get(coreKinds.customResourceDefinition, definition.metadata.name, undefined, { signal });
    if (found?.metadata.labels?.[MANAGED_BY] === 'Helm') continue;
    await client.apply(coreKinds.customResourceDefinition, definition, options);
  }
  if ((await client.get(coreKinds.namespace, SYSTEM_NAMESPACE, undefined, { signal })) !== undefined) return;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM_NAMESPACE } };
  await client.apply(coreKinds.namespace, namespace, options);
}
