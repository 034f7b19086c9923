import { type FleetPlan, type FleetZone, wellKnownPorts } from './fleet-plan';

/**
 * The bootstrap of a proxyless gRPC client in a zone, for GRPC_XDS_BOOTSTRAP_CONFIG (gRFC A27). The node id has istiod's
 * four parts; metadata GENERATOR grpc asks for the proxyless form of the configuration.
 */
export function grpcBootstrap({ mesh, appNamespace }: FleetPlan, { region, zone, addresses }: FleetZone): object {
  return {
    xds_servers: [
      {
        server_uri: `${addresses.primary}:${wellKnownPorts.xds}`,
        channel_creds: [{ type: 'insecure' }],
        server_features: ['xds_v3'],
      },
    ],
    node: {
      id: `sidecar~${addresses.client}~grpc-client.${appNamespace}~${appNamespace}.svc.cluster.local`,
      cluster: `grpc-client.${appNamespace}`,
      locality: { region, zone, sub_zone: '' },
      metadata: {
        GENERATOR: 'grpc',
        NAMESPACE: appNamespace,
        MESH_ID: mesh,
        CLUSTER_ID: `${zone}-apps`,
        LABELS: { app: 'grpc-client' },
      },
    },
  };
}
