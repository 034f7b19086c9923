import type { MeshModel, Proxy } from '../../model';
import { autoPassthroughTargets } from '../gateway/auto-passthrough';
import { discoveryType } from '../cluster/discovery-type';
import { clusterNameOf, findTarget, type OutboundTarget, targetsOfProxy } from '../outbound-target';
import { resource, type XdsResource } from '../xds-resource';
import { loadAssignmentOf } from './load-assignment';

/**
 * The load assignments of a proxy's EDS clusters: of these names, or of all its clusters. A name that is no EDS cluster of the
 * proxy gives nothing, so that the server can say that it does not exist.
 */
export function translateEndpoints(model: MeshModel, proxy: Proxy, names?: readonly string[]): readonly XdsResource[] {
  const targets = names
    ? [...new Set(names)].map((name) => findTarget(model, proxy, name)).filter((target) => target !== undefined)
    : [...targetsOfProxy(model, proxy), ...autoPassthroughTargets(model, proxy)];
  return targets.filter((target) => discoveryType(target) === 'EDS').map(assignmentResource);
}

function assignmentResource(target: OutboundTarget): XdsResource {
  return resource('envoy.config.endpoint.v3.ClusterLoadAssignment', clusterNameOf(target), loadAssignmentOf(target));
}
