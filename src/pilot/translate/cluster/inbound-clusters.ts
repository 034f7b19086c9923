import { isHttp2, type MeshModel, type Proxy } from '../../model';
import type { Cluster } from '../../proto';
import { inboundClusterName } from '../names';
import { type InboundPort, inboundPorts } from '../sidecar/inbound-port';
import { resource, type XdsResource } from '../xds-resource';
import { connectionFields, httpProtocolOptions } from './connection-pool';

/** Connections to the workload itself never go idle: the largest time that Envoy takes. */
const NO_CLEANUP = '9223372035s';

/** The clusters that lead from a sidecar to its workload, one per port. */
export function inboundClusters(model: MeshModel, proxy: Proxy): readonly XdsResource[] {
  return inboundPorts(model, proxy).map((port) => inboundCluster(port, proxy));
}

function inboundCluster(port: InboundPort, proxy: Proxy): XdsResource {
  const name = inboundClusterName(port.targetPort);
  const body: Cluster = {
    name,
    altStatName: `${name};`,
    ...destination(port, name, proxy),
    ...connectionFields(undefined),
    typedExtensionProtocolOptions: httpProtocolOptions({ pool: undefined, http2: isHttp2(port.protocol) }),
    commonLbConfig: {},
    metadata: {
      filterMetadata: {
        istio: {
          services: port.services.map(({ hostname, name: service, namespace }) => ({
            host: hostname,
            name: service,
            namespace,
          })),
        },
      },
    },
  };
  return resource('envoy.config.cluster.v3.Cluster', name, body);
}

/** To the address that the connection was made to, from a source that is not captured again; or to a declared endpoint. */
function destination({ endpoint }: InboundPort, name: string, proxy: Proxy): Partial<Cluster> {
  if (endpoint === undefined) {
    return {
      type: 'ORIGINAL_DST',
      lbPolicy: 'CLUSTER_PROVIDED',
      cleanupInterval: NO_CLEANUP,
      upstreamBindConfig: {
        sourceAddress: { address: proxy.ip.includes(':') ? '::6' : '127.0.0.6', portValue: 0 },
      },
    };
  }
  const endpoints = [{ lbEndpoints: [{ endpoint: { address: endpointAddress(endpoint, proxy) } }] }];
  return { type: 'STATIC', loadAssignment: { clusterName: name, endpoints } };
}

type EndpointAddress = NonNullable<NonNullable<Cluster['upstreamBindConfig']>['sourceAddress']>;

function endpointAddress(
  endpoint: string,
  proxy: Proxy,
): { readonly pipe: { readonly path: string } } | { readonly socketAddress: EndpointAddress } {
  if (endpoint.startsWith('unix://')) return { pipe: { path: endpoint.slice('unix://'.length) } };
  const colon = endpoint.lastIndexOf(':');
  const host = endpoint.slice(0, colon);
  const address = host === '0.0.0.0' || host === '[::]' ? proxy.ip : host.replace(/^\[|\]$/g, '');
  return { socketAddress: { address, portValue: Number(endpoint.slice(colon + 1)) } };
}
