import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The scalar types of protobuf, and the two that refer to another definition. */
export type FieldType =
  | 'double'
  | 'float'
  | 'int32'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'sint32'
  | 'sint64'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed32'
  | 'sfixed64'
  | 'bool'
  | 'string'
  | 'bytes'
  | 'enum'
  | 'message';

interface FieldRecord {
  readonly number: number;
  /** As in the .proto file: `connect_timeout`. */
  readonly name: string;
  /** As in proto3 JSON: `connectTimeout`. */
  readonly json: string;
  readonly type: FieldType;
  /** Full name of the enum or message. */
  readonly of?: string;
  /** Set for maps: the type of the key. `type` and `of` are those of the value. */
  readonly mapKey?: FieldType;
  readonly repeated?: boolean;
  readonly oneof?: string;
  readonly optional?: boolean;
}

interface DescriptorFile {
  readonly messages: Readonly<Record<string, readonly FieldRecord[]>>;
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** One field of a message, linked to what it refers to. */
export interface FieldDescriptor extends FieldRecord {
  /** Wire tag of one value of the field: number and wire type (for maps and packed lists that of the length-delimited form). */
  readonly tag: number;
  /** The field's message; `undefined` for scalars and enums. */
  readonly message: MessageDescriptor | undefined;
  readonly enumeration: EnumDescriptor | undefined;
  /** JSON names of the other members of the field's oneof. */
  readonly rivals: readonly string[];
  /** A map's entry seen as a message of `key` = 1 and `value` = 2. */
  readonly entry: { readonly key: FieldDescriptor; readonly value: FieldDescriptor } | undefined;
}

/**
 * How a message looks in proto3 JSON: an object of its fields, an Any with `@type`, the bare value of a wrapper, or a form of
 * its own (https://protobuf.dev/programming-guides/json).
 */
export type JsonForm = 'fields' | 'any' | 'wrapper' | 'own';

/** A message type: its fields by JSON name, by .proto name, and by number. */
export interface MessageDescriptor {
  readonly fullName: string;
  readonly form: JsonForm;
  readonly byName: ReadonlyMap<string, FieldDescriptor>;
  readonly byNumber: ReadonlyMap<number, FieldDescriptor>;
}

/** An enum: numbers by name and names by number (the first name wins where two share a number). */
export interface EnumDescriptor {
  readonly fullName: string;
  readonly numbers: ReadonlyMap<string, number>;
  readonly names: ReadonlyMap<number, string>;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** Wire type of one value (https://protobuf.dev/programming-guides/encoding). */
export function wireTypeOf(type: FieldType): number {
  if (type === 'string' || type === 'bytes' || type === 'message') return LENGTH_DELIMITED;
  if (type === 'double' || type === 'fixed64' || type === 'sfixed64') return FIXED64;
  return type === 'float' || type === 'fixed32' || type === 'sfixed32' ? FIXED32 : VARINT;
}

const WRAPPER = /^google\.protobuf\.(Double|Float|U?Int64|U?Int32|Bool|String|Bytes)Value$/;
const OWN_FORM = /^google\.protobuf\.(Duration|Timestamp|Struct|ListValue|Value)$/;

function jsonFormOf(fullName: string): JsonForm {
  if (fullName === 'google.protobuf.Any') return 'any';
  if (OWN_FORM.test(fullName)) return 'own';
  return WRAPPER.test(fullName) ? 'wrapper' : 'fields';
}

/** The definitions that scripts/generate-protos.mjs wrote. Messages are linked when first asked for. */
export class DescriptorPool {
  private readonly messages = new Map<string, MessageDescriptor>();
  private readonly enums = new Map<string, EnumDescriptor>();

  constructor(private readonly file: DescriptorFile) {}

  /** A message by full name, without a leading dot; `undefined` when there is none. */
  message(fullName: string): MessageDescriptor | undefined {
    const known = this.messages.get(fullName);
    const records = Object.hasOwn(this.file.messages, fullName) ? this.file.messages[fullName] : undefined;
    return known ?? (records && this.link(fullName, records));
  }

  private link(fullName: string, records: readonly FieldRecord[]): MessageDescriptor {
    const byName = new Map<string, FieldDescriptor>();
    const byNumber = new Map<number, FieldDescriptor>();
    const descriptor = { fullName, form: jsonFormOf(fullName), byName, byNumber };
    this.messages.set(fullName, descriptor);
    for (const record of records) {
      const rivals = records.filter((other) => other !== record && record.oneof && other.oneof === record.oneof);
      const field = this.linkField(
        record,
        rivals.map(({ json }) => json),
      );
      byName.set(record.name, field).set(record.json, field);
      byNumber.set(record.number, field);
    }
    return descriptor;
  }

  private linkField(record: FieldRecord, rivals: readonly string[] = []): FieldDescriptor {
    const packed = record.mapKey !== undefined || record.repeated === true;
    const wireType = packed ? LENGTH_DELIMITED : wireTypeOf(record.type);
    return {
      ...record,
      rivals,
      tag: ((record.number << 3) | wireType) >>> 0,
      message: record.type === 'message' ? this.requireMessage(record.of ?? '') : undefined,
      enumeration: record.type === 'enum' ? this.requireEnum(record.of ?? '') : undefined,
      entry: record.mapKey && this.linkEntry(record, record.mapKey),
    };
  }

  private linkEntry(record: FieldRecord, mapKey: FieldType): NonNullable<FieldDescriptor['entry']> {
    const { type, of } = record;
    return {
      key: this.linkField({ number: 1, name: 'key', json: 'key', type: mapKey, optional: true }),
      value: this.linkField({ number: 2, name: 'value', json: 'value', type, optional: true, ...(of ? { of } : {}) }),
    };
  }

  private requireMessage(fullName: string): MessageDescriptor {
    const message = this.message(fullName);
    if (!message) throw new Error(`the generated descriptor lacks message ${fullName}`);
    return message;
  }

  private requireEnum(fullName: string): EnumDescriptor {
    const known = this.enums.get(fullName);
    if (known) return known;
    const values = Object.entries(this.file.enums[fullName] ?? {});
    const names = new Map<number, string>();
    for (const [name, number] of values) if (!names.has(number)) names.set(number, name);
    const descriptor = { fullName, numbers: new Map(values), names };
    this.enums.set(fullName, descriptor);
    return descriptor;
  }
}

/** All Envoy v3 messages; generated at build time and read once when this module loads. */
export const descriptorPool = new DescriptorPool(
  JSON.parse(readFileSync(join(__dirname, 'generated', 'descriptor.json'), 'utf8')) as DescriptorFile,
);
