import { dnsEndpointKindName } from '../../nameservice';
import type { KubeObject } from '../../kube/schema';

/** A kind by the names that a manifest gives it. */
export type KindName = Pick<KubeObject, 'apiVersion' | 'kind'>;

const ISTIO = 'networking.istio.io/v1';

/** What bundles are made of: the kinds that are searched for objects to prune. Namespaces never are: they hold others' objects. */
const PRUNED: readonly KindName[] = [
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'Secret' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
  dnsEndpointKindName,
  ...['WorkloadEntry', 'ServiceEntry', 'DestinationRule', 'Gateway', 'VirtualService'].map((kind) => ({
    apiVersion: ISTIO,
    kind,
  })),
];

/** The kinds to follow for a bundle: those that are pruned, and whatever else it holds. */
export function managedKinds(manifests: readonly KindName[]): readonly KindName[] {
  const kinds = new Map([...PRUNED, ...manifests].map((name) => [`${name.apiVersion}/${name.kind}`, name]));
  return [...kinds.values()]
    .filter(({ kind }) => kind !== 'Namespace')
    .map(({ apiVersion, kind }) => ({ apiVersion, kind }));
}
