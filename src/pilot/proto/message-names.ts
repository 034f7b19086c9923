import type { envoy } from './generated/messages';

// Short names of the messages that translation writes most; everything else is reached through the namespaces.
// All are the proto3 JSON form: durations '5s', wrappers as primitives, enums by name, Any with `@type`.

/** envoy.config.cluster.v3.Cluster (https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto). */
export type Cluster = envoy.config.cluster.v3.Cluster;
/** envoy.config.endpoint.v3.ClusterLoadAssignment. */
export type ClusterLoadAssignment = envoy.config.endpoint.v3.ClusterLoadAssignment;
/** envoy.config.endpoint.v3.LocalityLbEndpoints. */
export type LocalityLbEndpoints = envoy.config.endpoint.v3.LocalityLbEndpoints;
/** envoy.config.endpoint.v3.LbEndpoint. */
export type LbEndpoint = envoy.config.endpoint.v3.LbEndpoint;
/** envoy.config.listener.v3.Listener. */
export type Listener = envoy.config.listener.v3.Listener;
/** envoy.config.listener.v3.FilterChain. */
export type FilterChain = envoy.config.listener.v3.FilterChain;
/** envoy.config.listener.v3.FilterChainMatch. */
export type FilterChainMatch = envoy.config.listener.v3.FilterChainMatch;
/** envoy.config.listener.v3.Filter, a network filter. */
export type NetworkFilter = envoy.config.listener.v3.Filter;
/** envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager. */
export type HttpConnectionManager = envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
/** envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter. */
export type HttpFilter = envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
/** envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy. */
export type TcpProxy = envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
/** envoy.config.route.v3.RouteConfiguration. */
export type RouteConfiguration = envoy.config.route.v3.RouteConfiguration;
/** envoy.config.route.v3.VirtualHost. */
export type VirtualHost = envoy.config.route.v3.VirtualHost;
/** envoy.config.route.v3.Route. */
export type Route = envoy.config.route.v3.Route;
/** envoy.config.route.v3.RouteMatch. */
export type RouteMatch = envoy.config.route.v3.RouteMatch;
/** envoy.config.route.v3.RouteAction. */
export type RouteAction = envoy.config.route.v3.RouteAction;
/** envoy.config.route.v3.RetryPolicy. */
export type RetryPolicy = envoy.config.route.v3.RetryPolicy;
/** envoy.extensions.transport_sockets.tls.v3.Secret. */
export type Secret = envoy.extensions.transport_sockets.tls.v3.Secret;
/** envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext. */
export type UpstreamTlsContext = envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
/** envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext. */
export type DownstreamTlsContext = envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
/** envoy.config.core.v3.Address. */
export type Address = envoy.config.core.v3.Address;
/** envoy.config.core.v3.TransportSocket. */
export type TransportSocket = envoy.config.core.v3.TransportSocket;
/** envoy.config.core.v3.ConfigSource. */
export type ConfigSource = envoy.config.core.v3.ConfigSource;
/** envoy.config.core.v3.Node: what a proxy says about itself. */
export type Node = envoy.config.core.v3.Node;
/** envoy.service.discovery.v3.DiscoveryRequest. */
export type DiscoveryRequest = envoy.service.discovery.v3.DiscoveryRequest;
/** envoy.service.discovery.v3.DiscoveryResponse. */
export type DiscoveryResponse = envoy.service.discovery.v3.DiscoveryResponse;
/** envoy.service.discovery.v3.DeltaDiscoveryRequest. */
export type DeltaDiscoveryRequest = envoy.service.discovery.v3.DeltaDiscoveryRequest;
/** envoy.service.discovery.v3.DeltaDiscoveryResponse. */
export type DeltaDiscoveryResponse = envoy.service.discovery.v3.DeltaDiscoveryResponse;
