import { accessPointBundleName } from '../../accesspoint';
import { kubernetesName } from '../../kernel';
import { apiVersionOfKind, type KubeObject } from '../../kube/schema';
import { type Bundle, bundleKind, labels, SYSTEM_NAMESPACE } from '../api';

/** Kinds of hub objects that are released cluster by cluster. */
export type OwnerKind = 'AccessPoint' | 'NameService' | 'FederatedDeployment';

/** The hub object that revisions, rollouts and bundles belong to. */
export interface Owner {
  readonly kind: OwnerKind;
  readonly namespace: string;
  readonly name: string;
}

/** Prefix of bundle names, so that two owners of one name never share a bundle. */
const PREFIX: Readonly<Record<OwnerKind, string>> = {
  AccessPoint: 'ap',
  NameService: 'ns8',
  FederatedDeployment: 'fdep',
};

/** The owner that an object is. */
export function ownerOf(kind: OwnerKind, { metadata }: Pick<KubeObject, 'metadata'>): Owner {
  return { kind, namespace: metadata.namespace ?? 'default', name: metadata.name };
}

/** `Kind/namespace/name`: an owner as a key. */
export function ownerKey({ kind, namespace, name }: Owner): string {
  return `${kind}/${namespace}/${name}`;
}

/** The key of the owner of a bundle. */
export function bundleOwnerKey({ spec }: Bundle): string {
  return spec === undefined ? '' : `${spec.owner.kind}/${spec.owner.namespace ?? 'default'}/${spec.owner.name}`;
}

/** Name of the bundle of an owner for a cluster; also the value of the bundle label of its manifests. */
export function bundleName(owner: Owner, cluster: string): string {
  if (owner.kind === 'AccessPoint') return accessPointBundleName(owner, cluster);
  return kubernetesName(PREFIX[owner.kind], owner.namespace, owner.name, cluster);
}

/** Name of a revision and of the rollout that releases it. An access point's has no dot in it, so other kinds never collide with it. */
export function revisionName({ kind, name }: Pick<Owner, 'kind' | 'name'>, number: number): string {
  if (kind === 'AccessPoint') return kubernetesName(`${name}-r${number}`);
  return `${kubernetesName(`${name}-r${number}`)}.${PREFIX[kind]}`;
}

/** Name and labels of the bundle of an owner for a cluster; never changes, so that it can be found again. */
export function bundleIdentity(owner: Owner, cluster: string): Bundle {
  return {
    apiVersion: apiVersionOfKind(bundleKind),
    kind: bundleKind.kind,
    metadata: {
      name: bundleName(owner, cluster),
      namespace: SYSTEM_NAMESPACE,
      labels: { [labels.managedBy]: 'flotilla' },
    },
  };
}
