import { anyOf, type AnyJson, type MessageName } from '../proto';

type MessageOf<Name extends MessageName> = Parameters<typeof anyOf<Name>>[1];

/** One resource that xDS serves: its name, and the message as proto3 JSON with its type in `@type`. */
export interface XdsResource {
  readonly name: string;
  readonly body: AnyJson;
}

/** Makes a resource of a message. */
export function resource<Name extends MessageName>(message: Name, name: string, body: MessageOf<Name>): XdsResource {
  return { name, body: anyOf(message, body) };
}
