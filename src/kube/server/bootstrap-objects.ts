import { jsonEqual } from '../../kernel';
import type { KubeObject } from '../schema';
import { ApiError } from './api-error';
import { bootstrapPolicy } from './authorisation/bootstrap-policy';
import type { ObjectRegistry } from './registry/object-registry';
import { systemWrites } from './registry/write-request';
import type { ResourceRegistry } from './resources/resource-registry';

/** Namespaces that every cluster has. */
const NAMESPACES: readonly string[] = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

const SERVER_WRITES = systemWrites('bootstrap');

/** Makes what every server starts with, unless it is there: namespaces, roles, the given definitions. */
export async function ensureBootstrapObjects(
  registry: ObjectRegistry,
  resources: ResourceRegistry,
  definitions: readonly KubeObject[],
): Promise<void> {
  const namespaces = NAMESPACES.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  await Promise.all(namespaces.map((object) => ensureObject(registry, resources, object)));
  await Promise.all(bootstrapPolicy().map((object) => ensureObject(registry, resources, object)));
  await Promise.all(definitions.map((object) => ensureObject(registry, resources, object)));
}

/** `default/kubernetes`, by which everything inside a cluster finds its API server. */
export function kubernetesService(clusterIP: string, targetPort: number): KubeObject {
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels },
    spec: { type: 'ClusterIP', clusterIP, ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort }] },
  };
}

/** Makes an object, or gives an existing one the wanted spec. */
export async function ensureObject(
  registry: ObjectRegistry,
  resources: ResourceRegistry,
  object: KubeObject,
): Promise<void> {
  const kind = resources.findKind(object.apiVersion, object.kind);
  if (kind === undefined) throw new ApiError('NotFound', `nothing serves ${object.apiVersion} ${object.kind}`);
  const target = { kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name, subresource: '' };
  try {
    await registry.create(target, object, SERVER_WRITES);
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.reason !== 'AlreadyExists') throw cause;
    if (object.spec === undefined) return;
    const wanted = object.spec as object;
    await registry.update(
      target,
      (live) => (jsonEqual(live.spec, wanted) ? live : { ...live, spec: wanted }),
      SERVER_WRITES,
    );
  }
}
