import type { KubeObject } from '../../schema';
import { ApiError, forbidden, notFound } from '../api-error';
import type { Admission } from '../registry/write-request';
import type { ObjectStore } from '../storage';

const NAMESPACES = { group: '', plural: 'namespaces' };

/** Namespaces that may not be deleted. */
const PERMANENT: readonly string[] = ['default', 'kube-system', 'kube-public'];

/**
 * NamespaceLifecycle: nothing is created in a namespace that is absent or on its way out, and the system's own namespaces stay.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#namespacelifecycle
 */
export function namespaceLifecycle(store: ObjectStore): Admission {
  return {
    mutate: ({ object }) => Promise.resolve(object),
    async validate({ target, operation }) {
      const { kind, namespace, name } = target;
      if (operation === 'DELETE' && kind.resource === 'namespaces' && PERMANENT.includes(name)) {
        throw forbidden(NAMESPACES, name, 'this namespace may not be deleted');
      }
      if (operation !== 'CREATE' || !kind.namespaced) return;
      const found = store.head({ resource: 'namespaces', namespace: '', name: namespace });
      if (found === undefined) throw notFound(NAMESPACES, namespace);
      if (isTerminating(found.parse())) throw terminating(kind, name, namespace);
    },
  };
}

function isTerminating({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function terminating(kind: { group: string; plural: string }, name: string, namespace: string): ApiError {
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { message, details } = forbidden(kind, name, why);
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  return new ApiError('Forbidden', message, { ...details, causes: [cause] });
}
