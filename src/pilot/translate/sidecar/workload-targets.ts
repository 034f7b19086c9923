import { labelsMatch, type MeshModel, type MeshService, type Proxy, type ServicePort } from '../../model';

/** One port of a workload that a service sends requests to. */
export interface WorkloadTarget {
  readonly service: MeshService;
  readonly port: ServicePort;
  /** The port that the workload listens on. */
  readonly targetPort: number;
}

const cache = new WeakMap<MeshModel, ReadonlyMap<string, readonly WorkloadTarget[]>>();

/**
 * The ports of a proxy's workload that services lead to, oldest service first: by the endpoints with its addresses; for a
 * workload that no endpoint shows yet, by the Services whose selector is within its labels.
 */
export function workloadTargets(model: MeshModel, proxy: Proxy): readonly WorkloadTarget[] {
  const byAddress = cache.get(model) ?? indexByAddress(model);
  cache.set(model, byAddress);
  const found = proxy.addresses.flatMap((address) => byAddress.get(`${proxy.clusterId}|${address}`) ?? []);
  return found.length > 0 ? found : bySelector(model, proxy);
}

/** The first target of each port. */
export function firstByPort(targets: readonly WorkloadTarget[]): readonly WorkloadTarget[] {
  const byPort = new Map<number, WorkloadTarget>();
  for (const target of targets) if (!byPort.has(target.targetPort)) byPort.set(target.targetPort, target);
  return [...byPort.values()].sort((left, right) => left.targetPort - right.targetPort);
}

function indexByAddress(model: MeshModel): ReadonlyMap<string, readonly WorkloadTarget[]> {
  const index = new Map<string, WorkloadTarget[]>();
  for (const service of model.services.all) {
    for (const port of service.ports) {
      if (port.protocol === 'UDP') continue;
      for (const { address, port: targetPort, cluster } of service.endpoints.get(port.port) ?? []) {
        const key = `${cluster}|${address}`;
        const targets = index.get(key);
        if (targets) targets.push({ service, port, targetPort });
        else index.set(key, [{ service, port, targetPort }]);
      }
    }
  }
  return index;
}

function bySelector(model: MeshModel, { namespace, labels }: Proxy): readonly WorkloadTarget[] {
  return model.services
    .ofNamespace(namespace)
    .filter(({ registry, selector }) => registry === 'Kubernetes' && selector && labelsMatch(selector, labels))
    .flatMap((service) =>
      service.ports.flatMap((port) => {
        const targetPort = service.targetPorts.get(port.port) ?? port.port;
        return typeof targetPort === 'number' && port.protocol !== 'UDP' ? [{ service, port, targetPort }] : [];
      }),
    );
}
