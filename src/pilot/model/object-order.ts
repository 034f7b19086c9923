import type { KubeObject } from '../../kube/schema';
import { compareText } from './host-name';

/** Oldest first, then by name and namespace: the order in which Istio lets objects win conflicts. */
export function byCreation({ metadata: left }: KubeObject, { metadata: right }: KubeObject): number {
  return (
    compareText(left.creationTimestamp ?? '', right.creationTimestamp ?? '') ||
    compareText(left.name, right.name) ||
    compareText(left.namespace ?? '', right.namespace ?? '')
  );
}
