import { anyOf, type TransportSocket } from '../../proto';

/** Plain bytes. */
export const RAW_BUFFER: TransportSocket = {
  name: 'envoy.transport_sockets.raw_buffer',
  typedConfig: anyOf('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer', {}),
};
