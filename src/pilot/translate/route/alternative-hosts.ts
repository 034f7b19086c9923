/**
 * Further names by which a workload with this DNS suffix may call a host, as its resolver's search list allows
 * (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/): `cart`, `cart.shop` and `cart.shop.svc` for
 * `cart.shop.svc.cluster.local` in the same namespace. None for hosts that do not lie in the suffix's domain.
 */
export function alternativeHosts(hostname: string, dnsDomain: string): readonly string[] {
  if (dnsDomain.includes('.svc.')) return kubernetesNames(hostname, dnsDomain);
  const { own, shared } = splitBySharedSuffix(hostname, dnsDomain);
  if (shared.length === 0 || own.length === 0) return [];
  const short = own.join('.');
  return own.length === 2 ? [short, `${short}.${shared[0] ?? ''}`] : [short];
}

function kubernetesNames(hostname: string, dnsDomain: string): readonly string[] {
  const [ownNamespace = '', clusterDomain = ''] = splitOnce(dnsDomain, '.svc.');
  const suffix = `.svc.${clusterDomain}`;
  if (!hostname.endsWith(suffix)) return [];
  const qualified = hostname.slice(0, -suffix.length);
  const [name, namespace] = splitOnce(qualified, '.');
  if (namespace === undefined || namespace === '') return [];
  if (namespace === ownNamespace) return [name ?? '', `${qualified}.svc`, qualified];
  return [qualified, `${qualified}.svc`];
}

function splitOnce(text: string, separator: string): readonly (string | undefined)[] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + separator.length)];
}

function splitBySharedSuffix(
  hostname: string,
  dnsDomain: string,
): { readonly own: readonly string[]; readonly shared: readonly string[] } {
  const host = hostname.split('.');
  const domain = dnsDomain.split('.');
  let length = 0;
  while (length < Math.min(host.length, domain.length) && host.at(-1 - length) === domain.at(-1 - length)) length += 1;
  return { own: host.slice(0, host.length - length), shared: host.slice(host.length - length) };
}
