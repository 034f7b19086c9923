import { annotations, gatewayNamespaceOf, labels, type Manifest } from '../../federation/api';
import { manifest } from './manifest';
import { gatewayServiceName } from './names';
import { sortedPorts } from './ports';
import type { RenderContext } from './render-context';

/**
 * The LoadBalancer Service that gives a dedicated access point an address of its own in front of the shared gateways. Its ports are those of the Gateway's
 * servers, which Istio opens under the same numbers.
 */
export function renderGatewayService(context: RenderContext): Manifest[] {
  const { spec, meshSpec, namespace, accessPoint, cluster, facts } = context;
  if (spec.gateway.address.mode !== 'Dedicated') return [];
  const addresses = facts.addresses?.[cluster.zone] ?? [];
  // An address from a pool is the point of naming one; a load balancer must not choose another meanwhile.
  if (spec.gateway.address.pool !== undefined && addresses.length === 0) return [];
  const ports = sortedPorts(spec.ports).map(({ name, number }) => ({
    name,
    port: number,
    protocol: 'TCP',
    targetPort: number,
  }));
  return [
    manifest(context, {
      apiVersion: 'v1',
      kind: 'Service',
      name: gatewayServiceName(namespace, accessPoint.metadata.name),
      namespace: gatewayNamespaceOf(meshSpec),
      labels: { [labels.tier]: 'web' },
      ...(addresses.length === 0 ? {} : { annotations: { [annotations.addresses]: addresses.join(',') } }),
      spec: { type: 'LoadBalancer', ...addressFields(addresses), selector: spec.gateway.selector, ports },
    }),
  ];
}

/** `loadBalancerIP` holds one address only; load balancers that give one of each family find both in the annotation. */
function addressFields(addresses: readonly string[]): Record<string, unknown> {
  const [first] = addresses;
  if (first === undefined) return {};
  // Families are not named beside PreferDualStack: a cluster of one family would refuse the Service for the other.
  if (addresses.length > 1) return { loadBalancerIP: first, ipFamilyPolicy: 'PreferDualStack' };
  return { loadBalancerIP: first, ipFamilyPolicy: 'SingleStack', ipFamilies: [first.includes(':') ? 'IPv6' : 'IPv4'] };
}
