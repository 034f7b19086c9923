import { gatewayNamespaceOf, type Manifest } from '../../federation/api';
import { Field } from '../../istio/findings';
import { type GatewayWorkload, lint } from '../../istio/lint';
import type { AccessPointSpec } from '../access-point';
import type { PlacedCluster } from '../placed-cluster';
import type { MeshIntent } from '../render/render-context';
import type { FindingParts } from './access-point-finding';
import { placeOfField } from './embedded-findings';

/** What an access point becomes in one cluster of a mesh. */
export interface RenderedCluster {
  readonly accessPoint: { readonly name: string; readonly spec: AccessPointSpec };
  readonly mesh: MeshIntent;
  readonly cluster: PlacedCluster;
  readonly manifests: readonly Manifest[];
}

/**
 * What bites in the objects of one gateway cluster, told where it was written, as far as intent alone tells. Where gateways and nodes really are is
 * judged by those who know facts.
 */
export function trapFindings({ accessPoint, mesh, cluster, manifests }: RenderedCluster): FindingParts[] {
  if (mesh.spec === undefined || cluster.role !== 'Gateway') return [];
  const { rootNamespace } = mesh.spec;
  const gateways = selectedGateways(manifests, gatewayNamespaceOf(mesh.spec));
  return lint(manifests, { rootNamespace, gateways, zones: [cluster.zone] }).flatMap(
    ({ object, path = 'spec', ...rest }) => {
      const manifest = manifests.find(({ kind, metadata }) => kind === object?.kind && metadata.name === object.name);
      if (manifest === undefined) return [];
      const place = placeOfField({ accessPoint, cluster, manifest }, path) ?? 'spec';
      return [{ ...rest, path: place, message: trapMessage(manifest, path, rest.message) }];
    },
  );
}

/** What is said of a trap in an object that an access point becomes. */
export function trapMessage(
  { kind, metadata }: Pick<Manifest, 'kind' | 'metadata'>,
  path: string,
  message: string,
): string {
  return `in the ${kind} ${metadata.name} that it becomes, ${path}: ${message}`;
}

/** The gateways that rendered Gateways select: those of a mesh run in its gateway namespace, whatever labels they wear. */
export function selectedGateways(manifests: readonly Manifest[], namespace: string): readonly GatewayWorkload[] {
  return manifests.flatMap((manifest) => {
    if (manifest.kind !== 'Gateway') return [];
    const { labels } = new Field('', manifest).at('spec').at('selector');
    return [{ name: manifest.metadata.name, namespace, labels }];
  });
}
