import { gatewayNamespaceOf } from '../../federation/api';
import type { RenderContext } from './render-context';

/** What decides who sees an object. */
export interface ExportIntent extends Pick<RenderContext, 'namespace' | 'meshSpec'> {
  readonly spec: Pick<RenderContext['spec'], 'exportTo'>;
}

/**
 * `exportTo` of an emitted object (Istio ServiceEntry, VirtualService, DestinationRule): its own namespace as ".", the gateway
 * namespace of the mesh, the mesh default of the kind and what the access point adds. "*" stands alone, as Istio's validation wants.
 */
export function exportToOf(
  { namespace, meshSpec, spec }: ExportIntent,
  kind: 'service' | 'virtualService' | 'destinationRule',
): string[] {
  const wanted = [gatewayNamespaceOf(meshSpec), ...meshSpec.defaultExportTo[kind], ...spec.exportTo];
  if (wanted.includes('*')) return ['*'];
  const others = wanted.filter((entry) => entry !== '.' && entry !== '~' && entry !== namespace);
  return ['.', ...[...new Set(others)].sort()];
}
