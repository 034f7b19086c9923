import { jsonEqual } from '../../kernel';
import { gatewayNamespaceOf, type MemberCluster, type Mesh, type MeshSpec } from '../api';
import type { ConditionParts } from './set-condition';

/**
 * Whether a mesh shares something with another mesh of one gateway cluster: a namespace, a trust domain, or namespaces that both discover. Then each
 * primary would see what belongs to the other.
 */
export function isolationCondition(
  { metadata, spec }: Pick<Mesh, 'metadata' | 'spec'>,
  meshes: readonly Mesh[],
  clusters: readonly MemberCluster[],
): ConditionParts {
  const type = 'Isolated';
  const shared = new Set(neighboursOf(metadata.name, clusters));
  const others = meshes.filter((other) => shared.has(other.metadata.name));
  if (spec === undefined || others.length === 0)
    return { type, status: 'True', reason: 'Alone', message: 'no gateway cluster has another mesh' };
  const overlaps = others.flatMap((other) => (other.spec === undefined ? [] : overlapsOf(spec, other.spec, other)));
  if (overlaps.length > 0) return { type, status: 'False', reason: 'Overlap', message: overlaps.join('; ') };
  const names = others.map((other) => other.metadata.name).sort();
  return { type, status: 'True', reason: 'Isolated', message: `shares nothing with ${names.join(', ')}` };
}

/** Meshes that have a gateway cluster in common with this one. */
function neighboursOf(name: string, clusters: readonly MemberCluster[]): string[] {
  const gateways = clusters.filter(({ spec }) => spec?.role === 'Gateway' && spec.meshes.includes(name));
  return gateways.flatMap(({ spec }) => spec?.meshes ?? []).filter((mesh) => mesh !== name);
}

function overlapsOf(mine: MeshSpec, theirs: MeshSpec, { metadata: { name } }: Pick<Mesh, 'metadata'>): string[] {
  const overlaps: string[] = [];
  const compare = (field: string, left: string, right: string): void => {
    if (left === right) overlaps.push(`spec.${field}: mesh ${name} has ${left}, too; give each mesh its own`);
  };
  compare('trustDomain', mine.trustDomain, theirs.trustDomain);
  compare('rootNamespace', mine.rootNamespace, theirs.rootNamespace);
  compare('gatewayNamespace', gatewayNamespaceOf(mine), gatewayNamespaceOf(theirs));
  if (mine.discoverySelectors.length === 0)
    overlaps.push(`spec.discoverySelectors: without any, this mesh sees the namespaces of mesh ${name} as well`);
  else if (mine.discoverySelectors.some((one) => theirs.discoverySelectors.some((other) => jsonEqual(one, other))))
    overlaps.push(`spec.discoverySelectors: mesh ${name} discovers the same namespaces; tell them apart by labels`);
  return overlaps;
}
