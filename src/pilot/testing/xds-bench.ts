import { type Logger, ManualClock, silentLogger } from '../../kernel';
import { GrpcServer } from '../grpc';
import { anyOf, type DiscoveryRequest, type DiscoveryResponse, typeUrlOf } from '../proto';
import { type AuthorizeProxy, type EncodedResource, XdsServer } from '../xds';
import { encoded, FixedResourceSource } from './fixed-resource-source';

export const CDS = typeUrlOf('envoy.config.cluster.v3.Cluster');
export const EDS = typeUrlOf('envoy.config.endpoint.v3.ClusterLoadAssignment');
export const LDS = typeUrlOf('envoy.config.listener.v3.Listener');
export const RDS = typeUrlOf('envoy.config.route.v3.RouteConfiguration');
export const NODE = {
  id: 'router~10.0.0.1~gateway-1.istio-gw~istio-gw.svc.cluster.local',
  metadata: { CLUSTER_ID: 'east-1' },
};
export const GRPC_NODE = { ...NODE, metadata: { GENERATOR: 'grpc' } };
export const anyone: AuthorizeProxy = () => Promise.resolve(undefined);

export function cluster(name: string, connectTimeout = '1s'): EncodedResource {
  const owner = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    namespace: 'shop',
    name: `rule-${name}`,
  };
  return encoded(name, anyOf('envoy.config.cluster.v3.Cluster', { name, connectTimeout }), owner);
}

export function endpoints(clusterName: string, overprovisioningFactor = 140): EncodedResource {
  const policy = { overprovisioningFactor };
  return encoded(clusterName, anyOf('envoy.config.endpoint.v3.ClusterLoadAssignment', { clusterName, policy }));
}

export function listener(name: string, statPrefix = ''): EncodedResource {
  return encoded(name, anyOf('envoy.config.listener.v3.Listener', { name, statPrefix }));
}

export function routes(name: string): EncodedResource {
  return encoded(name, anyOf('envoy.config.route.v3.RouteConfiguration', { name }));
}

export interface Bench {
  readonly source: FixedResourceSource;
  readonly server: XdsServer;
  readonly port: number;
  stop(): Promise<void>;
}

export async function startXds(authorize = anyone, logger: Logger = silentLogger): Promise<Bench> {
  const clock = new ManualClock();
  const source = new FixedResourceSource();
  const server = new XdsServer({ source, clock, logger, identifier: 'flotilla' });
  const grpc = new GrpcServer({ methods: server.methods(authorize), clock, logger });
  const port = await grpc.listen('127.0.0.1', 0);
  return {
    source,
    server,
    port,
    stop: async () => {
      server.stop();
      await grpc.stop(0);
      if (clock.pending > 0) throw new Error(`${clock.pending} timers outlived the server`);
    },
  };
}

export function ack(
  { typeUrl = '', versionInfo = '', nonce = '' }: DiscoveryResponse,
  resourceNames: string[] = [],
): DiscoveryRequest {
  return { typeUrl, versionInfo, responseNonce: nonce, resourceNames };
}

export function namesIn({ resources = [] }: { readonly resources?: readonly object[] | undefined }): unknown[] {
  return resources.map(
    (resource) => (resource as Record<string, unknown>)['name'] ?? (resource as Record<string, unknown>)['clusterName'],
  );
}
