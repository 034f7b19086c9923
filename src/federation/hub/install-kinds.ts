import type { KubeClient } from '../../kube';
import { coreKinds, type KindDefinition, toCustomResourceDefinition } from '../../kube/schema';
import { FIELD_MANAGER, SYSTEM_NAMESPACE } from '../api';

/** Applies the definitions of kinds and the system namespace; what is there already is left as it is. */
export async function installKinds(
  client: Pick<KubeClient, 'apply'>,
  kinds: readonly KindDefinition[],
  signal: AbortSignal,
): Promise<void> {
  const options = { fieldManager: FIELD_MANAGER, force: true, signal };
  for (const kind of kinds) {
    await client.apply(coreKinds.customResourceDefinition, toCustomResourceDefinition(kind), options);
  }
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM_NAMESPACE } };
  await client.apply(coreKinds.namespace, namespace, options);
}
