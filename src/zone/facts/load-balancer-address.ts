import { isValid } from 'ipaddr.js';
import type { Service } from '../../istio';

/** Where a LoadBalancer Service can be reached, or why not. */
export interface LoadBalancerAddress {
  /** Only ever an IP address: Istio drops endpoints with names (R7). */
  readonly address?: string;
  readonly hostname?: string;
  readonly message?: string;
}

/** The address that the cluster's load balancer gave a Service; the first address wins, as kubectl shows it. */
export function loadBalancerAddress(service: Service): LoadBalancerAddress {
  const { namespace, name } = service.metadata;
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  const address = ingress.find(({ ip }) => ip !== undefined && isValid(ip))?.ip ?? service.spec?.externalIPs?.[0];
  const hostname = ingress.find((entry) => entry.hostname !== undefined)?.hostname;
  if (address !== undefined) return { address, ...(hostname === undefined ? {} : { hostname }) };
  if (hostname !== undefined) {
    const message = `Service ${namespace}/${name} has the load balancer name ${hostname}, but an IP address is needed`;
    return { hostname, message };
  }
  return { message: `Service ${namespace}/${name} has no load balancer address yet` };
}

/** The address of the first LoadBalancer Service among the objects of a bundle, as the cluster reports it. */
export function appTierAddress(services: readonly Service[]): LoadBalancerAddress {
  const balanced = services.filter(({ spec }) => spec?.type === 'LoadBalancer');
  const [first] = balanced.map(loadBalancerAddress);
  return balanced.map(loadBalancerAddress).find(({ address }) => address !== undefined) ?? first ?? {};
}
