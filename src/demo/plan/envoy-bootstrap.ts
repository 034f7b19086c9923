import { gatewayPodName } from './zone-objects';
import { type FleetPlan, type FleetZone, wellKnownPorts } from './fleet-plan';

const HTTP_PROTOCOL_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/**
 * The bootstrap of a zone's gateway Envoy, in the JSON form of envoy.config.bootstrap.v3: everything comes by ADS from the
 * zone's primary, which it tells where its requests went. It speaks to upstreams from its own address, so that an application can tell which zone it was in.
 */
export function envoyBootstrap(plan: FleetPlan, zone: FleetZone): object {
  const ads = { ads: {}, resource_api_version: 'V3' };
  const service = { envoy_grpc: { cluster_name: 'xds-grpc' } };
  return {
    node: envoyNode(plan, zone),
    admin: { address: socketAddress(zone.addresses.gateway, wellKnownPorts.envoyAdmin) },
    cluster_manager: {
      upstream_bind_config: {
        source_address: { address: zone.addresses.gateway, port_value: 0 },
      },
      load_stats_config: { api_type: 'GRPC', transport_api_version: 'V3', grpc_services: [service] },
    },
    dynamic_resources: {
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        set_node_on_first_message_only: true,
        grpc_services: [service],
      },
      cds_config: ads,
      lds_config: ads,
    },
    static_resources: {
      clusters: [
        grpcCluster('xds-grpc', socketAddress(zone.addresses.primary, wellKnownPorts.xds)),
        grpcCluster('sds-grpc', { pipe: { path: zone.agentSocket } }),
      ],
    },
  };
}

function envoyNode(plan: FleetPlan, { region, zone, addresses, gatewayCluster }: FleetZone): object {
  const { gatewayNamespace, mesh } = plan;
  return {
    id: `router~${addresses.gateway}~${gatewayPodName}.${gatewayNamespace}~${gatewayNamespace}.svc.cluster.local`,
    cluster: `istio-ingressgateway.${gatewayNamespace}`,
    locality: { region, zone },
    metadata: {
      NAMESPACE: gatewayNamespace,
      LABELS: { istio: 'ingressgateway', app: 'istio-ingressgateway' },
      CLUSTER_ID: gatewayCluster,
      MESH_ID: mesh,
      INSTANCE_IPS: addresses.gateway,
      ISTIO_VERSION: '1.31.0',
      // The demo runs as whoever started it, who may not bind ports below 1024.
      UNPRIVILEGED_POD: 'true',
    },
  };
}

/**
 * A static HTTP/2 cluster: `xds-grpc` is the zone's primary, `sds-grpc` the agent beside the proxy, which has the workload
 * certificate; the names are Istio's, and the configuration from the primary refers to them.
 */
function grpcCluster(name: string, address: object): object {
  return {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    typed_extension_protocol_options: {
      [HTTP_PROTOCOL_OPTIONS]: {
        '@type': `type.googleapis.com/${HTTP_PROTOCOL_OPTIONS}`,
        explicit_http_config: {
          http2_protocol_options: { connection_keepalive: { interval: '30s', timeout: '10s' } },
        },
      },
    },
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  };
}

function socketAddress(address: string, port: number): object {
  return { socket_address: { address, port_value: port } };
}
