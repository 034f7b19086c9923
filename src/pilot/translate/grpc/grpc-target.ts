import { type MeshModel, type MeshService, portOf, type Proxy, type ServicePort } from '../../model';

import { findService } from '../visible-services';

/** A service's port as a proxyless client calls it: `xds:///host:port`. */
export interface GrpcTarget {
  readonly service: MeshService;
  readonly port: ServicePort;
}

/**
 * What a listener name means for a proxyless client: `host:port`, where the host may be short when the client's namespace
 * has the Service. `undefined` when the client sees no such service or port.
 */
export function findGrpcTarget(model: MeshModel, proxy: Proxy, name: string): GrpcTarget | undefined {
  const colon = name.lastIndexOf(':');
  if (colon <= 0) return undefined;
  const host = name.slice(0, colon);
  const service = fullNames(host, proxy, model.mesh.clusterDomain)
    .map((candidate) => findService(model, proxy, candidate))
    .find((found) => found !== undefined);
  const port = service && portOf(service, Number(name.slice(colon + 1)));
  return port && { service, port };
}

/** A host as written, and what Kubernetes' search list would make of it. */
function fullNames(host: string, { namespace }: Proxy, clusterDomain: string): readonly string[] {
  return [
    host,
    `${host}.${namespace}.svc.${clusterDomain}`,
    `${host}.svc.${clusterDomain}`,
    `${host}.${clusterDomain}`,
  ];
}
