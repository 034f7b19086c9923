import { decodeMessage } from './decode-message';
import { encodeAnyMessage, encodeMessage } from './encode-message';
import type { AnyJson, MessageTypes } from './generated/messages';

const TYPE_URL_PREFIX = 'type.googleapis.com/';
const ANY = 'google.protobuf.Any';

/** Full names of the messages Flotilla can encode. */
export type MessageName = keyof MessageTypes;

/** The type URL of a message, as Envoy and gRPC clients expect it. */
export function typeUrlOf(name: MessageName): string {
  return TYPE_URL_PREFIX + name;
}

/** A message as the JSON form of a google.protobuf.Any: what `typedConfig` and xDS resources hold. */
export function anyOf<Name extends MessageName>(name: Name, message: MessageTypes[Name]): AnyJson {
  return { '@type': typeUrlOf(name), ...message };
}

/**
 * The bytes of a google.protobuf.Any (type URL and value) for a JSON object with `@type`; nested Anys are encoded likewise.
 * Equal JSON gives equal bytes. @throws FlotillaError FLO4100 with the path of what does not fit the message type
 */
export function encodeAny(json: AnyJson): Uint8Array {
  return encodeAnyMessage(json);
}

/** The canonical proto3 JSON of google.protobuf.Any bytes. @throws FlotillaError FLO4102 when the bytes are damaged */
export function decodeAny(bytes: Uint8Array): AnyJson {
  return decodeMessage(ANY, bytes) as AnyJson;
}

/** The bytes of a message of this type, without type URL. @throws FlotillaError FLO4100 as `encodeAny` */
export function encode<Name extends MessageName>(name: Name, message: MessageTypes[Name]): Uint8Array {
  return encodeMessage(name, message);
}

/** The proto3 JSON of a message of this type. @throws FlotillaError FLO4102 when the bytes are damaged */
export function decode<Name extends MessageName>(name: Name, bytes: Uint8Array): MessageTypes[Name] {
  return decodeMessage(name, bytes) as MessageTypes[Name];
}
