import { labels, type Manifest } from '../../federation/api';
import type { AccessPointPort } from '../access-point';
import { exportToOf } from './export-to';
import { manifest } from './manifest';
import { vipServiceName } from './names';
import { appProtocolOf, sortedPorts } from './ports';
import type { RenderContext } from './render-context';

/** Istio reads a Service's visibility from this annotation. */
export const SERVICE_EXPORT_TO = 'networking.istio.io/exportTo';

/** The app tier of a cluster: the Service that its own callers use, and the LoadBalancer Service that gives other zones a VIP. */
export function renderServices(context: RenderContext): Manifest[] {
  const { spec, accessPoint } = context;
  return [
    serviceOf(context, spec.backend.service.name, 'ClusterIP'),
    serviceOf(context, vipServiceName(accessPoint.metadata.name), 'LoadBalancer'),
  ];
}

function serviceOf(context: RenderContext, name: string, type: 'ClusterIP' | 'LoadBalancer'): Manifest {
  return manifest(context, {
    apiVersion: 'v1',
    kind: 'Service',
    name,
    ...(type === 'LoadBalancer' ? { labels: { [labels.tier]: 'app' } } : {}),
    annotations: { [SERVICE_EXPORT_TO]: exportToOf(context, 'service').join(',') },
    spec: {
      type,
      selector: context.spec.backend.selector,
      ports: sortedPorts(context.spec.ports).map(servicePortOf),
    },
  });
}

function servicePortOf(port: AccessPointPort): unknown {
  return {
    name: port.name,
    port: port.number,
    protocol: 'TCP',
    appProtocol: appProtocolOf(port),
    targetPort: port.targetPort ?? port.number,
  };
}
