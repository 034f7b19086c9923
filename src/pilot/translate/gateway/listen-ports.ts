import { labelsMatch, type MeshModel, type MeshService, type Proxy, workloadOfProxy } from '../../model';

/**
 * The ports that a gateway proxy listens on for a server's port: the target ports of the Services that select the proxy, or
 * the port itself when none of them has it.
 */
export function listenPorts(model: MeshModel, proxy: Proxy, serverPort: number): readonly number[] {
  const ports = new Set<number>();
  for (const service of servicesOf(model, proxy)) {
    const target = service.targetPorts.get(serverPort);
    const port =
      typeof target === 'string'
        ? namedPort(model, proxy, target, service.endpoints.get(serverPort)?.[0]?.port)
        : target;
    if (port !== undefined) ports.add(port);
  }
  return ports.size === 0 ? [serverPort] : [...ports].sort((left, right) => left - right);
}

/** Kubernetes Services of the proxy's namespace whose selector is within its labels. */
function servicesOf(model: MeshModel, proxy: Proxy): readonly MeshService[] {
  return model.services
    .ofNamespace(proxy.namespace)
    .filter(
      ({ registry, selector }) =>
        registry === 'Kubernetes' && selector !== undefined && labelsMatch(selector, proxy.labels),
    );
}

/** A named target port: as the proxy's Pod has it, else as another endpoint, else from the node metadata (POD_PORTS). */
function namedPort(model: MeshModel, proxy: Proxy, name: string, ofEndpoint: number | undefined): number | undefined {
  const known = workloadOfProxy(model, proxy)?.ports[name] ?? ofEndpoint;
  if (known !== undefined) return known;
  const podPorts = proxy.metadata.POD_PORTS;
  if (typeof podPorts !== 'string') return undefined;
  for (const { name: portName, containerPort } of readPodPorts(podPorts)) if (portName === name) return containerPort;
  return undefined;
}

function readPodPorts(json: string): readonly { readonly name?: string; readonly containerPort?: number }[] {
  try {
    const ports: unknown = JSON.parse(json);
    return Array.isArray(ports) ? (ports as { name?: string; containerPort?: number }[]) : [];
  } catch {
    return [];
  }
}
