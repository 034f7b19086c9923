import { anyOf, type HttpConnectionManager, type HttpFilter, type NetworkFilter } from '../../proto';
import { ADS_SOURCE } from '../config-source';

const MANAGER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

/** The filters that every HTTP connection of a proxy has; those that check requests come before them. */
export const ROUTING_FILTERS: readonly HttpFilter[] = [
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

/** An HTTP connection manager with what Istio sets everywhere, and the fields given. */
export function httpConnectionManager(fields: HttpConnectionManager): NetworkFilter {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typedConfig: anyOf(MANAGER, {
      httpFilters: ROUTING_FILTERS,
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
