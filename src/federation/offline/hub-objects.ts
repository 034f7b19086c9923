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
import { type NameService, nameServiceKind } from '../../nameservice';
import {
  type AddressPool,
  addressPoolKind,
  type Bundle,
  bundleKind,
  type FederatedDeployment,
  federatedDeploymentKind,
  type MemberCluster,
  memberClusterKind,
  type Mesh,
  meshKind,
  type PlacementPolicy,
  placementPolicyKind,
  type Revision,
  revisionKind,
  type RolloutPolicy,
  rolloutPolicyKind,
} from '../api';
import { type WorkloadClusters, workloadClustersOf } from '../placement';

/** The hub objects of some files, checked and with defaults filled in. */
export interface HubObjects {
  readonly meshes: readonly Mesh[];
  readonly clusters: readonly MemberCluster[];
  readonly accessPoints: readonly AccessPoint[];
  readonly nameServices: readonly NameService[];
  readonly policies: readonly PlacementPolicy[];
  readonly pools: readonly AddressPool[];
  readonly rolloutPolicies: readonly RolloutPolicy[];
  readonly deployments: readonly FederatedDeployment[];
  readonly workloads: readonly WorkloadClusters[];
  /** What was released, where the input says so. */
  readonly revisions: readonly Revision[];
  /** Bundles with what zones report, where the input has them. */
  readonly bundles: readonly Bundle[];
  /** Objects that do not have the shape of their kind; they are in none of the lists. */
  readonly findings: readonly Finding[];
}

/** What was made of objects before: those that stand in several sets are parsed once. */
export type ParsedObjects = Map<KubeObject, unknown>;

/** Sorts objects by kind and checks each against its schema; kinds that are not the hub's are left alone. */
export function hubObjectsOf(objects: readonly KubeObject[], parsed: ParsedObjects = new Map()): HubObjects {
  const findings: Finding[] = [];
  const collect = <Kind extends KindDefinition>(kind: Kind): ObjectOf<Kind>[] => {
    const results = parseAll(kind, objects, parsed);
    findings.push(...results.flatMap((result) => result.findings));
    return results.flatMap(({ value }) => value ?? []);
  };
  const accessPoints = collect(accessPointKind).map(withNamespace);
  return {
    meshes: collect(meshKind),
    clusters: collect(memberClusterKind),
    accessPoints,
    nameServices: collect(nameServiceKind).map(withNamespace),
    pools: collect(addressPoolKind),
    rolloutPolicies: collect(rolloutPolicyKind),
    policies: collect(placementPolicyKind),
    deployments: collect(federatedDeploymentKind),
    revisions: collect(revisionKind),
    bundles: collect(bundleKind),
    workloads: objects.flatMap((object) => workloadClustersOf(object) ?? []),
    findings: [...findings, ...duplicateFindings(objects)],
  };
}

interface ParseResult<Kind extends KindDefinition> {
  readonly value: ObjectOf<Kind> | undefined;
  readonly findings: readonly Finding[];
}

function parseAll<Kind extends KindDefinition>(
  kind: Kind,
  objects: readonly KubeObject[],
  parsed: ParsedObjects,
): readonly ParseResult<Kind>[] {
  const apiVersion = apiVersionOfKind(kind);
  const own = objects.filter((object) => object.kind === kind.kind && object.apiVersion === apiVersion);
  return own.map((object) => {
    // An object is only ever parsed by its own kind, so what is remembered for it has that kind.
    const known = parsed.get(object) as ParseResult<Kind> | undefined;
    if (known !== undefined) return known;
    const { value, issues } = parseObject(kind, object);
    const result = { value, findings: issues.map((issue) => schemaFinding(object, issue.path, issue.message)) };
    parsed.set(object, result);
    return result;
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

function withNamespace<Kind extends KubeObject>(object: Kind): Kind {
  const { metadata } = object;
  return metadata.namespace === undefined ? { ...object, metadata: { ...metadata, namespace: 'default' } } : object;
}
