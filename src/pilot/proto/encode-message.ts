import { Writer } from 'protobufjs/minimal';

import { type FieldDescriptor, type MessageDescriptor, descriptorPool } from './descriptor';
import { misfit, type ProtoPath, refusal } from './proto-path';
import { isDefaultScalar, writeScalar } from './scalar-codec';
import { wellKnownTypes } from './well-known-types';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Proto3 JSON straight to wire bytes, in field order with map keys sorted: equal JSON gives equal bytes.
 * Field names are taken as proto3 JSON (`connectTimeout`) or as in the .proto file; `undefined` means absent.
 * @throws FlotillaError FLO4100 naming the path of an unknown field or type, or a value that does not fit
 */
export function encodeMessage(fullName: string, json: unknown): Uint8Array {
  const writer = Writer.create();
  writeMessage(requireMessage(fullName, [fullName]), json, writer, [fullName]);
  return writer.finish();
}

/** The bytes of a google.protobuf.Any; errors name the packed type first. @throws FlotillaError FLO4100 as `encodeMessage` */
export function encodeAnyMessage(json: JsonObject): Uint8Array {
  const typeUrl = String(json['@type']);
  const writer = Writer.create();
  writeAny(json, writer, [typeUrl.slice(typeUrl.lastIndexOf('/') + 1)]);
  return writer.finish();
}

/** The message of this name. @throws FlotillaError FLO4100 with the path of the reference when there is none */
function requireMessage(fullName: string, path: ProtoPath): MessageDescriptor {
  const descriptor = descriptorPool.message(fullName);
  if (!descriptor) throw refusal(path, `"${fullName}" is not a message type that Flotilla knows`);
  return descriptor;
}

function writeMessage(descriptor: MessageDescriptor, json: unknown, writer: Writer, path: ProtoPath): void {
  switch (descriptor.form) {
    case 'fields':
      if (!isObject(json)) throw misfit(path, `an object (${descriptor.fullName})`, json);
      return writeFields(descriptor, json, writer, path);
    case 'wrapper':
      return writeWrapped(descriptor, json, writer, path);
    case 'any':
      return writeAny(json, writer, path);
    case 'own':
      return wellKnownTypes.get(descriptor.fullName)?.encode(json, writer, path);
  }
}

/** A wrapper's JSON form is its one field. */
function writeWrapped({ byNumber }: MessageDescriptor, json: unknown, writer: Writer, path: ProtoPath): void {
  const field = byNumber.get(1);
  if (field) writeField(field, json, writer, path);
}

function isObject(json: unknown): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function writeFields(descriptor: MessageDescriptor, json: JsonObject, writer: Writer, path: ProtoPath): void {
  for (const field of fieldsOf(descriptor, json, path)) {
    const key = json[field.json] === undefined ? field.name : field.json;
    path.push(key);
    writeField(field, json[key], writer, path);
    path.pop();
  }
}

/** The fields that are set, in the order of their numbers. */
function fieldsOf(descriptor: MessageDescriptor, json: JsonObject, path: ProtoPath): readonly FieldDescriptor[] {
  const fields: FieldDescriptor[] = [];
  let isOrdered = true;
  let oneofMembers = 0;
  let last = 0;
  for (const key in json) {
    if (json[key] === undefined) continue;
    const field = descriptor.byName.get(key);
    if (!field) throw refusal(path, `${descriptor.fullName} has no field "${key}"`);
    if (json[key] === null && field.of !== 'google.protobuf.Value') continue;
    isOrdered &&= field.number > last;
    last = field.number;
    if (field.oneof !== undefined) oneofMembers += 1;
    fields.push(field);
  }
  if (!isOrdered) sortByNumber(fields, path);
  if (oneofMembers > 1) refuseRivals(fields, path);
  return fields;
}

function sortByNumber(fields: FieldDescriptor[], path: ProtoPath): void {
  fields.sort((left, right) => left.number - right.number);
  const twice = fields.find((field, index) => field === fields[index - 1]);
  if (twice) throw refusal(path, `"${twice.json}" and "${twice.name}" are the same field`);
}

function refuseRivals(fields: readonly FieldDescriptor[], path: ProtoPath): void {
  for (const { oneof, json } of fields) {
    const rival = fields.find((other) => oneof !== undefined && other.oneof === oneof && other.json !== json);
    if (rival) throw refusal(path, `"${json}" and "${rival.json}" exclude each other (oneof ${oneof})`);
  }
}

function writeField(field: FieldDescriptor, value: unknown, writer: Writer, path: ProtoPath): void {
  if (field.entry) return writeMap(field, field.entry, value, writer, path);
  if (field.repeated) return writeRepeated(field, value, writer, path);
  if (field.message) return writeNested(field.tag, field.message, value, writer, path);
  const implicit = field.oneof === undefined && field.optional !== true;
  if (implicit && isDefaultScalar(field, value)) return;
  writer.uint32(field.tag);
  writeScalar(field, value, writer, path);
}

function writeNested(tag: number, message: MessageDescriptor, value: unknown, writer: Writer, path: ProtoPath): void {
  writer.uint32(tag).fork();
  writeMessage(message, value, writer, path);
  writer.ldelim();
}

function writeRepeated(field: FieldDescriptor, value: unknown, writer: Writer, path: ProtoPath): void {
  if (!Array.isArray(value)) throw misfit(path, 'a list', value);
  if (value.length === 0) return;
  const packed = !field.message && field.type !== 'string' && field.type !== 'bytes';
  if (packed) writer.uint32(field.tag).fork();
  value.forEach((item: unknown, index) => {
    path.push(index);
    if (field.message) writeNested(field.tag, field.message, item, writer, path);
    else writeScalar(field, item, packed ? writer : writer.uint32(field.tag), path);
    path.pop();
  });
  if (packed) writer.ldelim();
}

type Entry = NonNullable<FieldDescriptor['entry']>;

function writeMap(field: FieldDescriptor, entry: Entry, value: unknown, writer: Writer, path: ProtoPath): void {
  if (!isObject(value)) throw misfit(path, 'an object used as a map', value);
  const keys = Object.keys(value);
  if (keys.length > 1) keys.sort();
  for (const key of keys) {
    if (value[key] === undefined) continue;
    path.push(key);
    writer.uint32(field.tag).fork().uint32(entry.key.tag);
    writeScalar(entry.key, entry.key.type === 'bool' ? key === 'true' : key, writer, path);
    writeField(entry.value, value[key], writer, path);
    writer.ldelim();
    path.pop();
  }
}

/** `{'@type': 'type.googleapis.com/NAME', ...fields}`; well-known types keep their JSON form under `value`. */
function writeAny(json: unknown, writer: Writer, path: ProtoPath): void {
  const typeUrl = isObject(json) ? json['@type'] : undefined;
  if (!isObject(json) || typeof typeUrl !== 'string') throw misfit(path, 'an object with "@type"', json);
  const descriptor = requireMessage(typeUrl.slice(typeUrl.lastIndexOf('/') + 1), path);
  const { '@type': _typeUrl, ...fields } = json;
  writer.uint32(10).string(typeUrl);
  writeNested(18, descriptor, descriptor.form === 'fields' ? fields : fields['value'], writer, path);
}
