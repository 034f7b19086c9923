import { formatTime } from '../../../../kernel';
import type { KubeObject } from '../../../schema';
import { ApiError, badRequest } from '../../api-error';
import published from './messages.json';
import { readFields, type WireField } from './wire-reader';

/** `[JSON name, type, flags]`; scripts/generate-kubernetes-protobuf.mjs says what the flags mean. */
type FieldRow = readonly string[];

const messages: Readonly<Record<string, Readonly<Record<string, FieldRow>>>> = published.messages;
const kinds: Readonly<Record<string, string>> = published.kinds;

const MAGIC = Buffer.from('k8s\0');

/** Kubernetes' own media type: a four byte mark, then a runtime.Unknown that holds the object. */
export const PROTOBUF_MEDIA_TYPE = 'application/vnd.kubernetes.protobuf';

/**
 * Decodes a built-in object that a typed client has sent in protobuf.
 * @throws ApiError 400 when it is malformed, 415 for kinds that have no protobuf form here
 */
export function decodeProtobuf(body: Buffer): KubeObject {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw badRequest('the body is not a Kubernetes protobuf object');
  const unknown = readFields(body.subarray(MAGIC.length));
  const typeMeta = readFields(bytesOf(unknown, 1));
  const apiVersion = bytesOf(typeMeta, 1).toString('utf8');
  const kind = bytesOf(typeMeta, 2).toString('utf8');
  // Options may be sent under any group's name.
  const message = kinds[`${apiVersion}/${kind}`] ?? kinds[`v1/${kind}`];
  if (message === undefined) {
    throw new ApiError('UnsupportedMediaType', `${apiVersion} ${kind} cannot be sent as protobuf here; send JSON`);
  }
  return { apiVersion, kind, ...decodeMessage(message, bytesOf(unknown, 2)) } as KubeObject;
}

function bytesOf(fields: readonly WireField[], number: number): Buffer {
  const found = fields.findLast((field) => field.number === number)?.value;
  return Buffer.isBuffer(found) ? found : Buffer.alloc(0);
}

function decodeMessage(message: string, bytes: Buffer): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const rows = messages[message] ?? {};
  for (const { number, value } of readFields(bytes)) {
    const row = rows[number];
    if (row !== undefined) addField(result, row, value);
  }
  return result;
}

/** Maps and lists come entry by entry and grow in place: copied each time, they would cost the square of their length. */
function addField(
  result: Record<string, unknown>,
  [name = '', type = '', flags = '']: FieldRow,
  wire: WireField['value'],
): void {
  if (flags.includes('m')) {
    const entry = readFields(asBytes(wire));
    const value = entry.find((field) => field.number === 2)?.value ?? Buffer.alloc(0);
    addEntry((result[name] ??= {}), bytesOf(entry, 1).toString('utf8'), decodeValue(type, value));
    return;
  }
  const value = decodeValue(type, wire);
  if (flags.includes('i')) Object.assign(result, value);
  else if (flags.includes('r')) ((result[name] ??= []) as unknown[]).push(value);
  else if (value !== undefined && !isLeftOut(value, flags)) result[name] = value;
}

/** Defined and not assigned, as JSON.parse does it: `__proto__` is a key like any other. */
function addEntry(map: object, key: string, value: unknown): void {
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Go writes every plain field into protobuf, and leaves the zero ones out of JSON. */
function isLeftOut(value: unknown, flags: string): boolean {
  return flags.includes('o') && !flags.includes('p') && (value === '' || value === 0 || value === false);
}

function decodeValue(type: string, wire: WireField['value']): unknown {
  switch (type) {
    case 'string':
      return asBytes(wire).toString('utf8');
    case 'bytes':
      return asBytes(wire).toString('base64');
    case 'bool':
      return wire !== 0n;
    case 'int':
      return asNumber(wire);
    case 'double':
      return asBytes(wire).readDoubleLE();
    case 'list:string':
      return readFields(asBytes(wire)).map(({ value }) => asBytes(value).toString('utf8'));
    default:
      return SPECIAL[type]?.(asBytes(wire)) ?? (type in SPECIAL ? undefined : decodeMessage(type, asBytes(wire)));
  }
}

/** Types whose JSON is not that of their fields. */
const SPECIAL: Readonly<Record<string, (bytes: Buffer) => unknown>> = {
  'meta.Time': (bytes) => timeOf(bytes, formatTime),
  'meta.MicroTime': (bytes) => timeOf(bytes, (epochMs) => new Date(epochMs).toISOString().replace('Z', '000Z')),
  'resource.Quantity': (bytes) => bytesOf(readFields(bytes), 1).toString('utf8'),
  'intstr.IntOrString': intOrString,
  'runtime.RawExtension': rawJson,
  'meta.FieldsV1': rawJson,
};

function timeOf(bytes: Buffer, format: (epochMs: number) => string): string | undefined {
  const [seconds, nanos] = [numberOf(bytes, 1), numberOf(bytes, 2)];
  return bytes.length === 0 || (seconds === 0 && nanos === 0)
    ? undefined
    : format(seconds * 1000 + Math.floor(nanos / 1e6));
}

function intOrString(bytes: Buffer): number | string {
  return numberOf(bytes, 1) === 1 ? bytesOf(readFields(bytes), 3).toString('utf8') : numberOf(bytes, 2);
}

function rawJson(bytes: Buffer): unknown {
  const raw = bytesOf(readFields(bytes), 1);
  if (raw.length === 0) return undefined;
  try {
    return JSON.parse(raw.toString('utf8')) as unknown;
  } catch (cause) {
    throw badRequest('the protobuf body holds an embedded object that is not JSON', cause);
  }
}

function numberOf(bytes: Buffer, number: number): number {
  const found = readFields(bytes).findLast((field) => field.number === number)?.value;
  return found === undefined ? 0 : asNumber(found);
}

function asBytes(wire: WireField['value']): Buffer {
  if (!Buffer.isBuffer(wire)) throw badRequest('the protobuf body holds a number where bytes belong');
  return wire;
}

function asNumber(wire: WireField['value']): number {
  if (Buffer.isBuffer(wire)) throw badRequest('the protobuf body holds bytes where a number belongs');
  return Number(BigInt.asIntN(64, wire));
}
