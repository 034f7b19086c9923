import { kubernetesName } from '../../kernel';

/** Name of the objects of which an access point has one: Gateway, VirtualService, ServiceEntry, DestinationRule of its first host. */
export function primaryName(accessPoint: string): string {
  return kubernetesName(accessPoint);
}

/** Name of the LoadBalancer Service whose address is the app tier's VIP. */
export function vipServiceName(accessPoint: string): string {
  return kubernetesName(`${accessPoint}-vip`);
}

/** Name of the WorkloadEntry that stands for the VIP of one remote cluster. */
export function workloadEntryName(accessPoint: string, cluster: string): string {
  return kubernetesName(accessPoint, cluster);
}

/** Name of the DestinationRule of a host other than the first. */
export function hostRuleName(accessPoint: string, host: string): string {
  return kubernetesName(accessPoint, 'host', host);
}

/** Name of the Gateway that holds the ports with mesh-issued certificates when others have Secrets of their own. */
export function issuedGatewayName(accessPoint: string): string {
  return kubernetesName(`${accessPoint}-issued`);
}

/** Name of the TLS Secret, in the gateway namespace, that the mesh issues for an access point. */
export function issuedSecretName(namespace: string, accessPoint: string): string {
  return kubernetesName(namespace, `${accessPoint}-tls`);
}

/** Name of the LoadBalancer Service, in the gateway namespace, of an access point with an address of its own. */
export function gatewayServiceName(namespace: string, accessPoint: string): string {
  return kubernetesName(namespace, `${accessPoint}-gateway`);
}

/** Name of the bundle of an access point for a cluster; also the value of the bundle label. */
export function accessPointBundleName(owner: { namespace: string; name: string }, cluster: string): string {
  return kubernetesName('ap', owner.namespace, owner.name, cluster);
}
