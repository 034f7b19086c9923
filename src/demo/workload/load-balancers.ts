import type { Service } from '../../istio';
import { namespacedName } from '../../kube/schema';
import { firstFreeAddress } from '../plan/address-plan';
import { readyBackends } from './service-backends';
import type { SimulatedPod } from './simulated-pod';
import type { Backend } from './tcp-forwarder';

/** One load balancer: its address, and where each of its ports leads. */
export interface LoadBalancer {
  readonly service: Service;
  readonly address: string;
  readonly ports: readonly { readonly port: number; readonly backends: readonly Backend[] }[];
}

/**
 * Every LoadBalancer Service with an address from the range (a /24 by its first three octets). An address once given stays;
 * of two Services that say the same, the older keeps it. Services that find no address left are not in the answer.
 */
export function planLoadBalancers(
  services: readonly Service[],
  pods: readonly SimulatedPod[],
  range: string,
): readonly LoadBalancer[] {
  const wanted = services
    .filter(({ spec, metadata }) => spec?.type === 'LoadBalancer' && metadata.deletionTimestamp === undefined)
    .sort(byAge);
  const kept = new Map<string, string>();
  for (const service of wanted) {
    const address = assignedAddress(service);
    if (address?.startsWith(`${range}.`) && ![...kept.values()].includes(address)) {
      kept.set(namespacedName(service), address);
    }
  }
  const taken = new Set(kept.values());
  return wanted.flatMap((service) => {
    const address = kept.get(namespacedName(service)) ?? firstFreeAddress(range, taken);
    if (address === undefined) return [];
    taken.add(address);
    const ports = (service.spec?.ports ?? []).map((port) => ({
      port: port.port,
      backends: readyBackends(service, port, pods),
    }));
    return [{ service, address, ports }];
  });
}

/** The address that a Service's status gives now. */
export function assignedAddress({ status }: Service): string | undefined {
  return status?.loadBalancer?.ingress?.[0]?.ip;
}

function byAge({ metadata: left }: Service, { metadata: right }: Service): number {
  const key = (metadata: Service['metadata']): string =>
    `${metadata.creationTimestamp ?? ''} ${metadata.namespace ?? ''}/${metadata.name}`;
  return key(left) < key(right) ? -1 : 1;
}
