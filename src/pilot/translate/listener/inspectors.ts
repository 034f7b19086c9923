import { anyOf, type envoy } from '../../proto';

type ListenerFilter = envoy.config.listener.v3.ListenerFilter;

/** Reads the server name and ALPN names of a TLS connection, so that a filter chain can be chosen by them. */
export const TLS_INSPECTOR: ListenerFilter = {
  name: 'envoy.filters.listener.tls_inspector',
  typedConfig: anyOf('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector', { initialReadBufferSize: 512 }),
};

/** Tells HTTP from anything else by its first bytes. */
export const HTTP_INSPECTOR: ListenerFilter = {
  name: 'envoy.filters.listener.http_inspector',
  typedConfig: anyOf('envoy.extensions.filters.listener.http_inspector.v3.HttpInspector', {}),
};

/** Finds the address that a captured connection was made to. */
export const ORIGINAL_DESTINATION: ListenerFilter = {
  name: 'envoy.filters.listener.original_dst',
  typedConfig: anyOf('envoy.extensions.filters.listener.original_dst.v3.OriginalDst', {}),
};

/** Names by which the HTTP inspector marks plain HTTP. */
export const PLAIN_HTTP_PROTOCOLS: readonly string[] = ['http/1.1', 'h2c'];
