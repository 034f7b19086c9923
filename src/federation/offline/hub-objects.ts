import { type AccessPoint, accessPointKind } from '../../accesspoint';
import type { Finding } from '../../kernel';
import {
  apiVersionOfKind,
  type KindDefinition,
  type KubeObject,
  type ObjectOf,
  objectKey,
  parseObject,
} from '../../kube/schema';
import {
  type AddressPool,
  addressPoolKind,
  type FederatedDeployment,
  federatedDeploymentKind,
  type MemberCluster,
  memberClusterKind,
  type Mesh,
  meshKind,
  type PlacementPolicy,
  placementPolicyKind,
  type RolloutPolicy,
  rolloutPolicyKind,
} from '../api';
import { type WorkloadClusters, workloadClustersOf } from '../placement';

/** The hub objects of some files, checked and with defaults filled in. */
export interface HubObjects {
  readonly meshes: readonly Mesh[];
  readonly clusters: readonly MemberCluster[];
  readonly accessPoints: readonly AccessPoint[];
  readonly policies: readonly PlacementPolicy[];
  readonly pools: readonly AddressPool[];
  readonly rolloutPolicies: readonly RolloutPolicy[];
  readonly deployments: readonly FederatedDeployment[];
  readonly workloads: readonly WorkloadClusters[];
  /** Objects that do not have the shape of their kind; they are in none of the lists. */
  readonly findings: readonly Finding[];
}

/** Sorts objects by kind and checks each against its schema; kinds that are not the hub's are left alone. */
export function hubObjectsOf(objects: readonly KubeObject[]): HubObjects {
  const findings: Finding[] = [];
  const accessPoints = collect(accessPointKind, objects, findings).map(withNamespace);
  return {
    meshes: collect(meshKind, objects, findings),
    clusters: collect(memberClusterKind, objects, findings),
    accessPoints,
    pools: collect(addressPoolKind, objects, findings),
    rolloutPolicies: collect(rolloutPolicyKind, objects, findings),
    policies: collect(placementPolicyKind, objects, findings),
    deployments: collect(federatedDeploymentKind, objects, findings),
    workloads: objects.flatMap((object) => workloadClustersOf(object) ?? []),
    findings: [...findings, ...duplicateFindings(objects)],
  };
}

function collect<Kind extends KindDefinition>(
  kind: Kind,
  objects: readonly KubeObject[],
  findings: Finding[],
): ObjectOf<Kind>[] {
  const own = objects.filter((object) => object.kind === kind.kind && object.apiVersion === apiVersionOfKind(kind));
  return own.flatMap((object) => {
    const { value, issues } = parseObject(kind, object);
    findings.push(...issues.map((issue) => schemaFinding(object, issue.path, issue.message)));
    return value === undefined ? [] : [value];
  });
}

function schemaFinding({ apiVersion, kind, metadata }: KubeObject, path: string, message: string): Finding {
  const { name, namespace } = metadata;
  const object = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
  return { code: 'FLO3018', severity: 'error', object, path, message };
}

function duplicateFindings(objects: readonly KubeObject[]): Finding[] {
  const seen = new Set<string>();
  return objects.flatMap((object) => {
    const key = objectKey(object);
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [schemaFinding(object, 'metadata.name', 'the object is given twice')];
  });
}

function withNamespace(accessPoint: AccessPoint): AccessPoint {
  const { metadata } = accessPoint;
  return metadata.namespace === undefined
    ? { ...accessPoint, metadata: { ...metadata, namespace: 'default' } }
    : accessPoint;
}
