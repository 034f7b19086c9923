import type { Reader, Writer } from 'protobufjs/minimal';

import { misfit, type ProtoPath } from './proto-path';

/** A message type whose JSON form is not an object of its fields (https://protobuf.dev/programming-guides/json). */
export interface WellKnownType {
  /** Writes the message's fields, without tag and length. */
  encode(json: unknown, writer: Writer, path: ProtoPath): void;
  /** Reads the fields up to `end`. */
  decode(reader: Reader, end: number): unknown;
}

const DURATION = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;
const TIMESTAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

interface SecondsAndNanos {
  readonly seconds: number;
  readonly nanos: number;
}

function parseDuration(json: unknown, path: ProtoPath): SecondsAndNanos {
  const match = typeof json === 'string' ? DURATION.exec(json) : undefined;
  if (!match) throw misfit(path, 'a duration in seconds such as "5s" or "0.250s"', json);
  const sign = match[1] === '-' ? -1 : 1;
  return { seconds: sign * Number(match[2]), nanos: sign * Number((match[3] ?? '').padEnd(9, '0')) };
}

function parseTimestamp(json: unknown, path: ProtoPath): SecondsAndNanos {
  const match = typeof json === 'string' ? TIMESTAMP.exec(json) : undefined;
  const epochMs = match ? Date.parse(`${match[1]}${match[3]}`) : Number.NaN;
  if (!match || Number.isNaN(epochMs)) throw misfit(path, 'an RFC 3339 time such as "2026-01-01T00:00:00Z"', json);
  return { seconds: epochMs / 1000, nanos: Number((match[2] ?? '').padEnd(9, '0')) };
}

/** Fractions are written with 3, 6 or 9 digits, or not at all. */
function formatFraction(nanos: number): string {
  if (nanos === 0) return '';
  return `.${String(nanos)
    .padStart(9, '0')
    .replace(/(000){1,2}$/, '')}`;
}

function formatDuration({ seconds, nanos }: SecondsAndNanos): string {
  const sign = seconds < 0 || nanos < 0 ? '-' : '';
  return `${sign}${Math.abs(seconds)}${formatFraction(Math.abs(nanos))}s`;
}

function formatTimestamp({ seconds, nanos }: SecondsAndNanos): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d{3}Z$/, `${formatFraction(nanos)}Z`);
}

function secondsAndNanos(
  parse: (json: unknown, path: ProtoPath) => SecondsAndNanos,
  format: (value: SecondsAndNanos) => string,
): WellKnownType {
  return {
    encode(json, writer, path) {
      const { seconds, nanos } = parse(json, path);
      if (seconds !== 0) writer.uint32(8).int64(seconds);
      if (nanos !== 0) writer.uint32(16).int32(nanos);
    },
    decode(reader, end) {
      const value = { seconds: 0, nanos: 0 };
      eachField(reader, end, (number) => {
        if (number === 1) value.seconds = Number(reader.int64());
        else if (number === 2) value.nanos = reader.int32();
        else return false;
        return true;
      });
      return format(value);
    },
  };
}

/** Calls back for every field until `end`; what the callback does not read is skipped. */
function eachField(reader: Reader, end: number, read: (number: number) => boolean): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (!read(tag >>> 3)) reader.skipType(tag & 7);
  }
}

const structType: WellKnownType = { encode: encodeStruct, decode: decodeStruct };
const listType: WellKnownType = { encode: encodeList, decode: decodeList };
const valueType: WellKnownType = { encode: encodeValue, decode: decodeValue };

/** google.protobuf.Struct: `map<string, Value> fields = 1`, keys sorted so that equal objects give equal bytes. */
function encodeStruct(json: unknown, writer: Writer, path: ProtoPath): void {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw misfit(path, 'an object', json);
  const fields = json as Readonly<Record<string, unknown>>;
  const keys = Object.keys(fields);
  if (keys.length > 1) keys.sort();
  for (const key of keys) {
    if (fields[key] === undefined) continue;
    path.push(key);
    writer.uint32(10).fork().uint32(10).string(key);
    writer.uint32(18).fork();
    encodeValue(fields[key], writer, path);
    writer.ldelim().ldelim();
    path.pop();
  }
}

function encodeList(json: unknown, writer: Writer, path: ProtoPath): void {
  if (!Array.isArray(json)) throw misfit(path, 'a list', json);
  json.forEach((value, index) => {
    path.push(index);
    writer.uint32(10).fork();
    encodeValue(value, writer, path);
    writer.ldelim();
    path.pop();
  });
}

/** google.protobuf.Value: null 1, number 2, string 3, bool 4, struct 5, list 6. */
function encodeValue(json: unknown, writer: Writer, path: ProtoPath): void {
  if (json === null) return void writer.uint32(8).int32(0);
  switch (typeof json) {
    case 'number':
      if (!Number.isFinite(json)) throw misfit(path, 'a finite number', json);
      return void writer.uint32(17).double(json);
    case 'string':
      return void writer.uint32(26).string(json);
    case 'boolean':
      return void writer.uint32(32).bool(json);
    case 'object':
      writer.uint32(Array.isArray(json) ? 50 : 42).fork();
      if (Array.isArray(json)) encodeList(json, writer, path);
      else encodeStruct(json, writer, path);
      return void writer.ldelim();
    default:
      throw misfit(path, 'a JSON value', json);
  }
}

function decodeStruct(reader: Reader, end: number): unknown {
  const json: Record<string, unknown> = {};
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 10) readStructEntry(json, reader);
    else reader.skipType(tag & 7);
  }
  return json;
}

function readStructEntry(json: Record<string, unknown>, reader: Reader): void {
  const end = reader.uint32() + reader.pos;
  let key = '';
  let value: unknown = null;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 10) key = reader.string();
    else if (tag === 18) value = decodeValue(reader, reader.uint32() + reader.pos);
    else reader.skipType(tag & 7);
  }
  setKey(json, key, value);
}

/** Plain assignment would set the prototype for the key `__proto__`, which a peer may send. */
export function setKey(json: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') json[key] = value;
  else Object.defineProperty(json, key, { value, writable: true, enumerable: true, configurable: true });
}

function decodeList(reader: Reader, end: number): unknown[] {
  const items: unknown[] = [];
  eachField(reader, end, (number) => {
    if (number !== 1) return false;
    items.push(decodeValue(reader, reader.uint32() + reader.pos));
    return true;
  });
  return items;
}

const valueReaders: readonly (((reader: Reader) => unknown) | undefined)[] = [
  undefined,
  (reader) => (reader.int32(), null),
  (reader) => reader.double(),
  (reader) => reader.string(),
  (reader) => reader.bool(),
  (reader) => decodeStruct(reader, reader.uint32() + reader.pos),
  (reader) => decodeList(reader, reader.uint32() + reader.pos),
];

function decodeValue(reader: Reader, end: number): unknown {
  let value: unknown = null;
  eachField(reader, end, (number) => {
    const read = valueReaders[number];
    if (!read) return false;
    value = read(reader);
    return true;
  });
  return value;
}

/** Types with a JSON form of their own; wrappers and Any are handled by the message codec. */
export const wellKnownTypes: ReadonlyMap<string, WellKnownType> = new Map([
  ['google.protobuf.Duration', secondsAndNanos(parseDuration, formatDuration)],
  ['google.protobuf.Timestamp', secondsAndNanos(parseTimestamp, formatTimestamp)],
  ['google.protobuf.Struct', structType],
  ['google.protobuf.ListValue', listType],
  ['google.protobuf.Value', valueType],
]);
