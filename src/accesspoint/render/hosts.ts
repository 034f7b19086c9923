import type { RenderContext } from './render-context';

/** Whether a host is a wildcard such as `*.shop.example.com`. */
export function isWildcard(host: string): boolean {
  return host.startsWith('*');
}

/**
 * Hosts that are services of the mesh, the first one being where routes lead. Wildcards cannot be a destination
 * (Istio VirtualService); an access point with nothing else gets `name.namespace.<mesh domain>`.
 */
export function serviceHosts({ spec, meshSpec, accessPoint, namespace }: RenderContext): [string, ...string[]] {
  const [first, ...others] = spec.hosts.filter((host) => !isWildcard(host));
  if (first !== undefined) return [first, ...others];
  return [`${accessPoint.metadata.name}.${namespace}.${meshSpec.domain}`];
}
