import type { KubeObject } from '../../kube/schema';
import { parseApiVersion } from '../../kube/schema';

/** Path segment of each kind in `istio.config` metadata. */
const SEGMENTS: Readonly<Record<string, string>> = {
  VirtualService: 'virtual-service',
  DestinationRule: 'destination-rule',
  Sidecar: 'sidecar',
};

/**
 * Which object a route or cluster comes from, in the form that istioctl reads and NACKs are explained with:
 * `/apis/networking.istio.io/v1/namespaces/shop/virtual-service/cart`.
 */
export function configPath({ apiVersion, kind, metadata }: KubeObject): string {
  const { group } = parseApiVersion(apiVersion);
  const segment = SEGMENTS[kind] ?? kind.toLowerCase();
  return `/apis/${group}/v1/namespaces/${metadata.namespace ?? ''}/${segment}/${metadata.name}`;
}
