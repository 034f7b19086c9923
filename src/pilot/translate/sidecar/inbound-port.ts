import type { SidecarSpec } from '../../../istio';
import { type MeshModel, type MeshService, parseProtocol, type Protocol, type Proxy } from '../../model';
import { sidecarScope } from './sidecar-scope';
import { firstByPort, workloadTargets } from './workload-targets';

/** One port on which a sidecar takes requests for its workload. */
export interface InboundPort {
  /** The workload's port, by which connections are told apart. */
  readonly targetPort: number;
  /** The service's port, which names the virtual host. */
  readonly servicePort: number;
  readonly protocol: Protocol;
  readonly hostname: string;
  /** Services that lead here; none for a port that only the Sidecar object declares. */
  readonly services: readonly MeshService[];
  /** Address that the sidecar binds, when the Sidecar says so. */
  readonly bind?: string;
  readonly bindsToPort: boolean;
  /** Where requests go instead of the address that they came to: `127.0.0.1:8080`, `0.0.0.0:8080` or a unix path. */
  readonly endpoint?: string;
}

type IngressSpec = NonNullable<SidecarSpec['ingress']>[number];

/** The ports of a sidecar: those that its Sidecar declares, if it declares any, else those that services lead to. */
export function inboundPorts(model: MeshModel, proxy: Proxy): readonly InboundPort[] {
  const { object } = sidecarScope(model, proxy);
  const targets = workloadTargets(model, proxy);
  const ingress = object?.spec?.ingress ?? [];
  if (ingress.length > 0) {
    const hostname = `${object?.metadata.name ?? ''}.${object?.metadata.namespace ?? ''}`;
    return ingress.map((listener) => declaredPort(listener, hostname, proxy));
  }
  if (proxy.metadata.INTERCEPTION_MODE === 'NONE') return [];
  return firstByPort(targets).map(({ service, port, targetPort }) => ({
    targetPort,
    servicePort: port.port,
    protocol: port.protocol,
    hostname: service.hostname,
    services: uniqueServices(targets.filter((target) => target.targetPort === targetPort)),
    bindsToPort: false,
  }));
}

function declaredPort(
  { port, bind, captureMode, defaultEndpoint }: IngressSpec,
  hostname: string,
  proxy: Proxy,
): InboundPort {
  const number = port.number ?? 0;
  return {
    targetPort: number,
    servicePort: number,
    protocol: parseProtocol(port.protocol ?? ''),
    hostname,
    services: [],
    ...(bind ? { bind } : {}),
    bindsToPort: captureMode === 'NONE' || (captureMode !== 'IPTABLES' && proxy.metadata.INTERCEPTION_MODE === 'NONE'),
    ...(defaultEndpoint ? { endpoint: defaultEndpoint } : {}),
  };
}

function uniqueServices(targets: readonly { readonly service: MeshService }[]): readonly MeshService[] {
  return [...new Set(targets.map(({ service }) => service))];
}
