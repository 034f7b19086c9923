import type { Manifest } from '../../federation/api';
import { type Finding, FlotillaError } from '../../kernel';
import { objectKey } from '../../kube/schema';
import { renderDestinationRules } from './destination-rule';
import { renderGateways } from './gateway';
import { renderGatewayService } from './gateway-service';
import { namespaceManifest } from './manifest';
import { accessPointBundleName } from './names';
import type { RenderContext, RenderInput } from './render-context';
import { applyOverrides, type OverrideFailure } from './overrides';
import { renderFindings } from './render-findings';
import { renderServiceEntry } from './service-entry';
import { renderServices } from './service';
import { applyTemplates } from './templates';
import { renderVirtualService } from './virtual-service';
import { renderWorkloadEntries } from './workload-entry';

/** What one cluster gets, and what is worth knowing about it. */
export interface RenderResult {
  /** Sorted by kind, namespace and name within their order of application; the same input gives the same bytes. */
  readonly manifests: readonly Manifest[];
  readonly findings: readonly Finding[];
  /** Overrides that could not be applied; validation refuses the access point for any of them. */
  readonly failures: readonly OverrideFailure[];
  /** Places in `spec.overrides` of those that found an object in this cluster. */
  readonly matched: readonly number[];
}

/** Kinds in the order in which they can be applied without dangling references; others follow. */
const APPLY_ORDER = [
  'Namespace',
  'Service',
  'ServiceEntry',
  'WorkloadEntry',
  'DestinationRule',
  'Gateway',
  'VirtualService',
];

/** Namespaces that every cluster has from the start. */
const BUILT_IN_NAMESPACES: readonly string[] = ['default', 'kube-system'];

/**
 * The objects that one access point becomes in one cluster. Pure: the same intent and facts give the same manifests, in any order
 * of the input lists. Expects an access point that was accepted by validation.
 * @throws FlotillaError FLO3060 when the access point or the mesh has no spec
 */
export function renderAccessPoint(input: RenderInput): RenderResult {
  const context = contextOf(input);
  const { cluster, namespace } = context;
  const manifests: Manifest[] = [];
  if (!BUILT_IN_NAMESPACES.includes(namespace))
    manifests.push(namespaceManifest(namespace, cluster.name, context.meshSpec.discoverySelectors));
  if (cluster.holdsBackend) manifests.push(...renderServices(context));
  if (cluster.role === 'Gateway') manifests.push(...renderRouting(context));
  const { manifests: final, failures, matched } = applyOverrides(context, applyTemplates(context, manifests));
  return { manifests: sortManifests(final), findings: renderFindings(context), failures, matched };
}

function renderRouting(context: RenderContext): Manifest[] {
  return [
    ...renderGatewayService(context),
    ...renderGateways(context),
    renderVirtualService(context),
    renderServiceEntry(context),
    ...renderWorkloadEntries(context),
    ...renderDestinationRules(context),
  ];
}

function contextOf(input: RenderInput): RenderContext {
  const { accessPoint, mesh } = input;
  if (accessPoint.spec === undefined || mesh.spec === undefined) {
    throw new FlotillaError(
      `cannot render access point ${accessPoint.metadata.name}: it or mesh ${mesh.metadata.name} has no spec`,
      { code: 'FLO3060', retry: 'after-change' },
    );
  }
  const { name, namespace = 'default' } = accessPoint.metadata;
  const bundle = accessPointBundleName({ namespace, name }, input.cluster.name);
  return { ...input, spec: accessPoint.spec, meshSpec: mesh.spec, namespace, bundle };
}

/** Manifests in order of application, then by key. */
export function sortManifests(manifests: readonly Manifest[]): Manifest[] {
  const rank = (kind: string): number => {
    const place = APPLY_ORDER.indexOf(kind);
    return place < 0 ? APPLY_ORDER.length : place;
  };
  const keyed = manifests.map((manifest) => ({ manifest, order: rank(manifest.kind), key: objectKey(manifest) }));
  keyed.sort((left, right) => left.order - right.order || (left.key < right.key ? -1 : 1));
  return keyed.map(({ manifest }) => manifest);
}
