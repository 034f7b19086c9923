import type { Protocol } from '../../model';
import { anyOf, type HttpConnectionManager, type HttpFilter, type NetworkFilter } from '../../proto';
import { ADS_SOURCE } from '../config-source';

const MANAGER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

const ROUTING_FILTERS: readonly HttpFilter[] = [
  {
    name: 'envoy.filters.http.fault',
    typedConfig: anyOf('envoy.extensions.filters.http.fault.v3.HTTPFault', {}),
  },
  { name: 'envoy.filters.http.cors', typedConfig: anyOf('envoy.extensions.filters.http.cors.v3.Cors', {}) },
  {
    name: 'envoy.filters.http.router',
    typedConfig: anyOf('envoy.extensions.filters.http.router.v3.Router', {}),
  },
];

const GRPC_WEB: HttpFilter = {
  name: 'envoy.filters.http.grpc_web',
  typedConfig: anyOf('envoy.extensions.filters.http.grpc_web.v3.GrpcWeb', {}),
};

/** The filters that every HTTP connection of a port has; those that check requests come before them. */
export function routingFilters(protocol: Protocol): readonly HttpFilter[] {
  return protocol === 'GRPC-Web' ? [GRPC_WEB, ...ROUTING_FILTERS] : ROUTING_FILTERS;
}

/** An HTTP connection manager with what Istio sets everywhere, and the fields given. */
export function httpConnectionManager(
  fields: HttpConnectionManager & Required<Pick<HttpConnectionManager, 'httpFilters'>>,
): NetworkFilter {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typedConfig: anyOf(MANAGER, {
      streamIdleTimeout: '0s',
      useRemoteAddress: false,
      proxy100Continue: true,
      upgradeConfigs: [{ upgradeType: 'websocket' }],
      normalizePath: true,
      pathWithEscapedSlashesAction: 'KEEP_UNCHANGED',
      requestIdExtension: {
        typedConfig: anyOf('envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig', {
          useRequestIdForTraceSampling: true,
        }),
      },
      ...fields,
    }),
  };
}

/** Routes that come over the same stream under this name. */
export function routesByName(routeConfigName: string): Pick<HttpConnectionManager, 'rds'> {
  return { rds: { configSource: ADS_SOURCE, routeConfigName } };
}
