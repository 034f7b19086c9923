import { Reader } from 'protobufjs/minimal';

import { FlotillaError } from '../../kernel';
import { type FieldDescriptor, type MessageDescriptor, descriptorPool, wireTypeOf } from './descriptor';
import { isDefaultScalar, readScalar } from './scalar-codec';
import { setKey, wellKnownTypes } from './well-known-types';

const LENGTH_DELIMITED = 2;

/**
 * Wire bytes to proto3 JSON: lowerCamelCase names, default values left out, unknown fields dropped.
 * Where a singular field comes twice the last one counts (messages are not merged; no encoder of the field writes that).
 * @throws FlotillaError FLO4102 when the bytes are not this message; FLO4101 when the type is unknown
 */
export function decodeMessage(fullName: string, bytes: Uint8Array): unknown {
  const descriptor = descriptorPool.message(fullName);
  if (!descriptor) {
    throw new FlotillaError(`cannot decode "${fullName}": no such message type`, { code: 'FLO4101', retry: 'never' });
  }
  try {
    const reader = Reader.create(bytes);
    return readMessage(descriptor, reader, reader.len);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FlotillaError(`cannot decode ${fullName} from ${bytes.length} bytes: ${reason}`, {
      code: 'FLO4102',
      retry: 'never',
      hint: 'the peer speaks another protocol or the stream is damaged',
      cause,
    });
  }
}

function readMessage(descriptor: MessageDescriptor, reader: Reader, end: number): unknown {
  if (end > reader.len) throw new RangeError(`a length reaches ${end - reader.len} bytes beyond the end`);
  switch (descriptor.form) {
    case 'fields':
      return readFields(descriptor, reader, end);
    case 'wrapper':
      return readFields(descriptor, reader, end)['value'] ?? wrapperDefault(descriptor);
    case 'any':
      return readAny(reader, end);
    case 'own':
      return wellKnownTypes.get(descriptor.fullName)?.decode(reader, end);
  }
}

function wrapperDefault({ byNumber }: MessageDescriptor): unknown {
  const type = byNumber.get(1)?.type ?? 'string';
  if (type === 'bool') return false;
  if (type === 'string' || type === 'bytes') return '';
  return type.endsWith('64') ? '0' : 0;
}

function readFields(descriptor: MessageDescriptor, reader: Reader, end: number): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = descriptor.byNumber.get(tag >>> 3);
    if (!field || !readField(field, tag & 7, json, reader)) reader.skipType(tag & 7);
  }
  if (reader.pos !== end) throw new RangeError(`a field crosses the end of its message at byte ${end}`);
  return json;
}

/** Reads one occurrence of a field into `json`; false when the wire type is not one the field can have. */
function readField(field: FieldDescriptor, wireType: number, json: Record<string, unknown>, reader: Reader): boolean {
  if (field.entry) return wireType === LENGTH_DELIMITED && readEntry(field, field.entry, json, reader);
  if (field.repeated) return readItems(field, wireType, json, reader);
  if (wireType !== wireTypeOf(field.type)) return false;
  const value = readValue(field, reader);
  const implicit = field.oneof === undefined && field.optional !== true && !field.message;
  for (const rival of field.rivals) delete json[rival]; // the last member of a oneof counts
  if (implicit && isDefaultScalar(field, value)) delete json[field.json];
  else json[field.json] = value;
  return true;
}

function readValue(field: FieldDescriptor, reader: Reader): unknown {
  if (!field.message) return readScalar(field, reader);
  return readMessage(field.message, reader, reader.uint32() + reader.pos);
}

function readItems(field: FieldDescriptor, wireType: number, json: Record<string, unknown>, reader: Reader): boolean {
  const items = (json[field.json] ??= []) as unknown[];
  const itemWireType = wireTypeOf(field.type);
  if (wireType === itemWireType) {
    items.push(readValue(field, reader));
    return true;
  }
  if (wireType !== LENGTH_DELIMITED) return false;
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) items.push(readScalar(field, reader));
  return true;
}

type Entry = NonNullable<FieldDescriptor['entry']>;

function readEntry(field: FieldDescriptor, entry: Entry, json: Record<string, unknown>, reader: Reader): boolean {
  const end = reader.uint32() + reader.pos;
  let key: unknown = entry.key.type === 'string' ? '' : entry.key.type === 'bool' ? false : 0;
  let value: unknown;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) key = readScalar(entry.key, reader);
    else if (tag >>> 3 === 2) value = readValue(entry.value, reader);
    else reader.skipType(tag & 7);
  }
  const map = (json[field.json] ??= {}) as Record<string, unknown>;
  setKey(map, String(key), value ?? emptyValue(entry.value));
  return true;
}

/** An entry whose value is the default may leave it out on the wire. */
function emptyValue(field: FieldDescriptor): unknown {
  if (field.message) return readMessage(field.message, Reader.create(new Uint8Array()), 0);
  if (field.type === 'enum') return field.enumeration?.names.get(0) ?? 0;
  if (field.type === 'bool') return false;
  if (field.type === 'string' || field.type === 'bytes') return '';
  return field.type.endsWith('64') ? '0' : 0;
}

/** An Any of a type we do not know keeps its bytes, as base64 under `value`. */
function readAny(reader: Reader, end: number): unknown {
  let typeUrl = '';
  let bytes: Uint8Array = new Uint8Array();
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 10) typeUrl = reader.string();
    else if (tag === 18) bytes = reader.bytes();
    else reader.skipType(tag & 7);
  }
  const descriptor = descriptorPool.message(typeUrl.slice(typeUrl.lastIndexOf('/') + 1));
  if (!descriptor) return { '@type': typeUrl, value: Buffer.from(bytes).toString('base64') };
  const json = readMessage(descriptor, Reader.create(bytes), bytes.length);
  return descriptor.form === 'fields' ? { '@type': typeUrl, ...(json as object) } : { '@type': typeUrl, value: json };
}
