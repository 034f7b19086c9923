import type { Manifest } from '../../federation/api';
import { exportToOf } from './export-to';
import { serviceHosts } from './hosts';
import { ISTIO_NETWORKING, manifest } from './manifest';
import { primaryName } from './names';
import { backendProtocolOf, sortedPorts } from './ports';
import type { RenderContext } from './render-context';

/** The public hosts as one service of the mesh: local pods and the WorkloadEntries of remote VIPs in one Envoy cluster. */
export function renderServiceEntry(context: RenderContext): Manifest {
  const { spec, accessPoint } = context;
  return manifest(context, {
    apiVersion: ISTIO_NETWORKING,
    kind: 'ServiceEntry',
    name: primaryName(accessPoint.metadata.name),
    spec: {
      hosts: serviceHosts(context),
      location: 'MESH_INTERNAL',
      resolution: 'STATIC',
      ports: sortedPorts(spec.ports).map((port) => ({
        name: port.name,
        number: port.number,
        protocol: backendProtocolOf(port),
        targetPort: port.targetPort ?? port.number,
      })),
      workloadSelector: { labels: spec.backend.selector },
      exportTo: exportToOf(context, 'service'),
    },
  });
}
