import type { Manifest } from '../../federation/api';
import { ISTIO_NETWORKING, manifest } from './manifest';
import { membersOf } from './members';
import { workloadEntryName } from './names';
import { sortedPorts } from './ports';
import type { RenderContext } from './render-context';

/** Label that tells a remote zone's VIP from a pod. */
const LOCATION_LABEL = 'location';

/** One WorkloadEntry per VIP of another zone: its labels make the ServiceEntry select it, its locality makes it remote. */
export function renderWorkloadEntries(context: RenderContext): Manifest[] {
  const { spec, cluster, accessPoint } = context;
  const remote = membersOf(context).known.filter((member) => member.zone !== cluster.zone);
  const ports = Object.fromEntries(sortedPorts(spec.ports).map((port) => [port.name, port.number]));
  return remote.map((member) =>
    manifest(context, {
      apiVersion: ISTIO_NETWORKING,
      kind: 'WorkloadEntry',
      name: workloadEntryName(accessPoint.metadata.name, member.cluster),
      spec: {
        address: member.address,
        ports,
        locality: member.zone,
        labels: { ...spec.backend.selector, [LOCATION_LABEL]: 'remote' },
      },
    }),
  );
}
