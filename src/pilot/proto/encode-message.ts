import { Writer } from 'protobufjs/minimal';

import { type FieldDescriptor, type MessageDescriptor, descriptorPool } from './descriptor';
import { misfit, type ProtoPath, refusal } from './proto-path';
import { isDefaultScalar, writeScalar } from './scalar-codec';
import { isWrapper, wellKnownTypes } from './well-known-types';

type JsonObject = Readonly<Record<string, unknown>>;

interface Assignment {
  readonly field: FieldDescriptor;
  readonly key: string;
}

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
  const wellKnown = wellKnownTypes.get(descriptor.fullName);
  if (wellKnown) return wellKnown.encode(json, writer, path);
  if (descriptor.fullName === 'google.protobuf.Any') return writeAny(json, writer, path);
  if (isWrapper(descriptor.fullName)) return writeWrapped(descriptor, json, writer, path);
  if (!isObject(json)) throw misfit(path, `an object (${descriptor.fullName})`, json);
  writeFields(descriptor, json, writer, path);
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
  for (const { field, key } of assignmentsOf(descriptor, json, path)) {
    path.push(key);
    writeField(field, json[key], writer, path);
    path.pop();
  }
}

/** The fields that are set, in the order of their numbers. */
function assignmentsOf(descriptor: MessageDescriptor, json: JsonObject, path: ProtoPath): readonly Assignment[] {
  const assignments: Assignment[] = [];
  let ordered = true;
  let last = 0;
  for (const key in json) {
    if (json[key] === undefined) continue;
    const field = descriptor.byName.get(key);
    if (!field) throw refusal(path, `${descriptor.fullName} has no field "${key}"`);
    if (json[key] === null && field.of !== 'google.protobuf.Value') continue;
    ordered &&= field.number > last;
    last = field.number;
    assignments.push({ field, key });
  }
  if (!ordered) assignments.sort((left, right) => left.field.number - right.field.number);
  if (assignments.length > 1) refuseTwice(assignments, path);
  return assignments;
}

/** One field under both of its names, or two members of a oneof. */
function refuseTwice(assignments: readonly Assignment[], path: ProtoPath): void {
  for (let index = 0; index < assignments.length; index += 1) {
    const current = assignments[index];
    if (current && current.field === assignments[index - 1]?.field)
      throw refusal(path, `"${current.key}" is set twice`);
    if (current?.field.oneof === undefined) continue;
    const rival = assignments.find(({ field }) => field !== current.field && field.oneof === current.field.oneof);
    if (rival)
      throw refusal(path, `"${current.key}" and "${rival.key}" exclude each other (oneof ${current.field.oneof})`);
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
  for (const key of Object.keys(value).sort()) {
    if (value[key] === undefined) continue;
    path.push(key);
    writer.uint32(field.tag).fork();
    writer.uint32(entry.key.tag);
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
  writeNested(18, descriptor, hasOwnJson(descriptor) ? fields['value'] : fields, writer, path);
}

/** Whether the type's JSON form is not the object of its fields, so that inside an Any it stands under `value`. */
export function hasOwnJson({ fullName }: MessageDescriptor): boolean {
  return wellKnownTypes.has(fullName) || isWrapper(fullName) || fullName === 'google.protobuf.Any';
}
