import { digestOf, kubernetesName } from '../../kernel';

/** Behind the dot, which no access point's object has in its name, so that the two never collide. */
const SUFFIX = '.ns8';
const LIMIT = 63 - SUFFIX.length;
const HASH_LENGTH = 8;

/** Name of the objects of which a NameService has one: ServiceEntry, DestinationRule, ConfigMap, DNSEndpoint, Gateway. */
export function primaryName(name: string): string {
  return short(kubernetesName(name));
}

/** Name of the WorkloadEntry of one address of a member. */
export function entryName(name: string, member: string, address: string): string {
  return short(kubernetesName(name, member, address));
}

/** Name of the DestinationRule of a name that it had before. */
export function formerRuleName(name: string, fqdn: string): string {
  return short(kubernetesName(name, 'former', fqdn));
}

/** Name of the Gateway that holds the ports with mesh-issued certificates when others have Secrets of their own. */
export function issuedGatewayName(name: string): string {
  return short(kubernetesName(`${name}-issued`));
}

/** Name of the TLS Secret, in the gateway namespace, that the mesh issues for a name. */
export function issuedSecretName(namespace: string, name: string): string {
  return short(kubernetesName(namespace, `${name}-tls`));
}

/** Value of the label that the ServiceEntry selects the WorkloadEntries by; unique in its namespace. */
export function selectorValue(name: string): string {
  return kubernetesName(name);
}

/** Name of the bundle of a NameService for a cluster; also the value of the bundle label. */
export function nameBundleName(owner: { readonly namespace: string; readonly name: string }, cluster: string): string {
  return kubernetesName('ns8', owner.namespace, owner.name, cluster);
}

function short(label: string): string {
  if (label.length <= LIMIT) return `${label}${SUFFIX}`;
  const head = label.slice(0, LIMIT - HASH_LENGTH - 1).replace(/-+$/, '');
  return `${head}-${digestOf(label).slice(0, HASH_LENGTH)}${SUFFIX}`;
}
