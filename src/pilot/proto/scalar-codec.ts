import type { Reader, Writer } from 'protobufjs/minimal';

import type { FieldDescriptor, FieldType } from './descriptor';
import { misfit, type ProtoPath } from './proto-path';

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };
const UINT32 = { min: 0, max: 2 ** 32 - 1 };
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const UINT64 = { min: 0n, max: 2n ** 64n - 1n };

type ScalarWriter = (value: unknown, writer: Writer, path: ProtoPath, field: FieldDescriptor) => void;
type ScalarReader = (reader: Reader, field: FieldDescriptor) => unknown;

/** How each type is written, after its tag. */
const writers: Readonly<Record<FieldType, ScalarWriter>> = {
  string: (value, writer, path) => writer.string(readString(value, path)),
  bytes: (value, writer, path) => writer.bytes(readBytes(value, path)),
  bool: (value, writer, path) => writer.bool(readBoolean(value, path)),
  enum: (value, writer, path, field) => writer.int32(readEnum(field, value, path)),
  double: (value, writer, path) => writer.double(readFloat(value, path)),
  float: (value, writer, path) => writer.float(readFloat(value, path)),
  uint32: (value, writer, path) => writer.uint32(readInteger(value, UINT32, path)),
  fixed32: (value, writer, path) => writer.fixed32(readInteger(value, UINT32, path)),
  int32: (value, writer, path) => writer.int32(readInteger(value, INT32, path)),
  sint32: (value, writer, path) => writer.sint32(readInteger(value, INT32, path)),
  sfixed32: (value, writer, path) => writer.sfixed32(readInteger(value, INT32, path)),
  uint64: (value, writer, path) => writer.uint64(readLong(value, UINT64, path)),
  fixed64: (value, writer, path) => writer.fixed64(readLong(value, UINT64, path)),
  int64: (value, writer, path) => writer.int64(readLong(value, INT64, path)),
  sint64: (value, writer, path) => writer.sint64(readLong(value, INT64, path)),
  sfixed64: (value, writer, path) => writer.sfixed64(readLong(value, INT64, path)),
  message: (value, _writer, path) => {
    throw misfit(path, 'a scalar', value);
  },
};

/** How each type is read into its JSON form. */
const readers: Readonly<Record<FieldType, ScalarReader>> = {
  string: (reader) => reader.string(),
  bytes: (reader) => Buffer.from(reader.bytes()).toString('base64'),
  bool: (reader) => reader.bool(),
  enum: (reader, field) => {
    const number = reader.int32();
    return field.enumeration?.names.get(number) ?? number;
  },
  double: (reader) => jsonNumber(reader.double()),
  float: (reader) => jsonNumber(shortestFloat(reader.float())),
  uint32: (reader) => reader.uint32(),
  fixed32: (reader) => reader.fixed32(),
  int32: (reader) => reader.int32(),
  sint32: (reader) => reader.sint32(),
  sfixed32: (reader) => reader.sfixed32(),
  uint64: (reader) => longText(reader.uint64()),
  fixed64: (reader) => longText(reader.fixed64()),
  int64: (reader) => longText(reader.int64()),
  sint64: (reader) => longText(reader.sint64()),
  sfixed64: (reader) => longText(reader.sfixed64()),
  message: () => {
    throw new RangeError('a message is not a scalar');
  },
};

/** Writes one scalar or enum value, without its tag. @throws FlotillaError FLO4100 when the value does not fit */
export function writeScalar(field: FieldDescriptor, value: unknown, writer: Writer, path: ProtoPath): void {
  writers[field.type](value, writer, path, field);
}

/** Reads one scalar or enum value into its proto3 JSON form: 64-bit integers and bytes are strings. */
export function readScalar(field: FieldDescriptor, reader: Reader): unknown {
  return readers[field.type](reader, field);
}

/** What protobufjs reads a 64-bit integer into: a Long where it has that library (it depends on it), else a number. */
interface Integer64 {
  toString(): string;
}

function longText(value: Integer64): string {
  return value.toString();
}

/** Whether proto3 leaves the value out when the field has no presence of its own. */
export function isDefaultScalar(field: FieldDescriptor, value: unknown): boolean {
  if (field.type === 'enum') return value === 0 || field.enumeration?.numbers.get(String(value)) === 0;
  if (value === '' || value === false) return true;
  return typeof value === 'number'
    ? Object.is(value, 0)
    : value === '0' && field.type !== 'string' && field.type !== 'bytes';
}

function readString(value: unknown, path: ProtoPath): string {
  if (typeof value !== 'string') throw misfit(path, 'a string', value);
  return value;
}

function readBoolean(value: unknown, path: ProtoPath): boolean {
  if (typeof value !== 'boolean') throw misfit(path, 'true or false', value);
  return value;
}

function readEnum(field: FieldDescriptor, value: unknown, path: ProtoPath): number {
  if (Number.isInteger(value)) return value as number;
  const number = typeof value === 'string' ? field.enumeration?.numbers.get(value) : undefined;
  if (number === undefined) {
    throw misfit(path, `one of ${[...(field.enumeration?.numbers.keys() ?? [])].join(', ')}`, value);
  }
  return number;
}

function readBytes(value: unknown, path: ProtoPath): Uint8Array {
  if (typeof value !== 'string' || !BASE64.test(value)) throw misfit(path, 'base64', value);
  return Buffer.from(value, 'base64');
}

function readFloat(value: unknown, path: ProtoPath): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw misfit(path, 'a number', value);
}

function readInteger(value: unknown, range: typeof INT32, path: ProtoPath): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < range.min || number > range.max) {
    throw misfit(path, `an integer from ${range.min} to ${range.max}`, value);
  }
  return number;
}

function readLong(value: unknown, range: typeof INT64, path: ProtoPath): string {
  const digits = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  const valid = typeof digits === 'string' && /^-?\d{1,20}$/.test(digits);
  if (!valid || BigInt(digits) < range.min || BigInt(digits) > range.max) {
    throw misfit(path, `a 64-bit integer as a string, from ${range.min} to ${range.max}`, value);
  }
  return digits;
}

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** The shortest decimal that is the same 32-bit float: 0.1, not 0.10000000149011612. */
function shortestFloat(value: number): number {
  for (let digits = 1; digits < 9; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}
