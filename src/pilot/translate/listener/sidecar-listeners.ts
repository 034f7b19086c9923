import type { MeshModel, Proxy } from '../../model';
import type { XdsResource } from '../xds-resource';

/** The listeners of a sidecar. */
export function sidecarListeners(_model: MeshModel, _proxy: Proxy): readonly XdsResource[] {
  return [];
}
