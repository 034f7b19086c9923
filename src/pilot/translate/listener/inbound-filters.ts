import { isHttp2, type MeshModel, type Protocol, type Proxy } from '../../model';
import type { NetworkFilter, RouteConfiguration } from '../../proto';
import { tcpAuthorization } from '../security/authorization-filters';
import { securityFilters } from '../security/security-filters';
import { httpConnectionManager, routingFilters } from './http-connection-manager';
import { tcpProxyTo } from './tcp-proxy';

/** Where inbound connections of one kind go. */
export interface InboundDestination {
  readonly cluster: string;
  readonly statPrefix: string;
  /** The service that leads here; empty for ports that no service has. */
  readonly hostname: string;
  readonly servicePort: number;
  /** 0 for every port that no service has. */
  readonly targetPort: number;
  readonly protocol: Protocol;
}

/** The filters of inbound HTTP. */
export function inboundHttp(destination: InboundDestination, model: MeshModel, proxy: Proxy): readonly NetworkFilter[] {
  const { statPrefix, protocol } = destination;
  return [
    httpConnectionManager({
      statPrefix,
      routeConfig: inboundRoutes(destination),
      httpFilters: [...securityFilters(model, proxy), ...routingFilters(protocol)],
      serverName: 'istio-envoy',
      forwardClientCertDetails: 'APPEND_FORWARD',
      setCurrentClientCertDetails: { subject: true, dns: true, uri: true },
      http2ProtocolOptions: isHttp2(protocol) ? {} : undefined,
    }),
  ];
}

/** The filters of inbound connections that are forwarded unread. */
export function inboundTcp({ cluster }: InboundDestination, model: MeshModel, proxy: Proxy): readonly NetworkFilter[] {
  return [...tcpAuthorization(model, proxy), tcpProxyTo(cluster)];
}

/** Everything goes to the workload; a request that the workload reset before reading it is tried once more. */
function inboundRoutes({ cluster, hostname, servicePort, protocol }: InboundDestination): RouteConfiguration {
  return {
    name: cluster,
    virtualHosts: [
      {
        name: `inbound|http|${servicePort}`,
        domains: ['*'],
        routes: [
          {
            name: 'default',
            match: { prefix: '/' },
            route: {
              cluster,
              timeout: '0s',
              retryPolicy: isHttp2(protocol) ? undefined : { retryOn: 'reset-before-request', numRetries: 2 },
              maxStreamDuration: { maxStreamDuration: '0s', grpcTimeoutHeaderMax: '0s' },
            },
            decorator: { operation: `${hostname}:${servicePort}/*` },
          },
        ],
      },
    ],
    validateClusters: false,
  };
}
