export { type MessageName, anyOf, decode, decodeAny, encode, encodeAny, typeUrlOf } from './any';
export {
  type DeltaResource,
  type DiscoveryResponseHeader,
  frameDeltaDiscoveryResponse,
  frameDiscoveryResponse,
} from './discovery-frame';
export type { AnyJson, MessageTypes, StructJson, ValueJson, envoy, google, udpa, xds } from './generated/messages';
export type * from './message-names';
