import { badRequest } from '../../api-error';

/** One field as it lies on the wire: its number, and the number or the bytes it holds. */
export interface WireField {
  readonly number: number;
  readonly value: bigint | Buffer;
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const MAX_VARINT_BYTES = 10;

/** Splits a protobuf message into its fields (https://protobuf.dev/programming-guides/encoding/). @throws ApiError 400 */
export function readFields(bytes: Buffer): readonly WireField[] {
  const fields: WireField[] = [];
  let position = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let index = 0; index < MAX_VARINT_BYTES; index += 1) {
      const byte = bytes[position];
      if (byte === undefined) throw truncated();
      position += 1;
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return value;
    }
    throw badRequest('the protobuf body holds a number that is too long');
  };
  const take = (length: number): Buffer => {
    if (length > bytes.length - position) throw truncated();
    position += length;
    return bytes.subarray(position - length, position);
  };
  while (position < bytes.length) {
    const tag = Number(varint());
    fields.push({ number: tag >>> 3, value: readValue(tag & 7, varint, take) });
  }
  return fields;
}

function readValue(wireType: number, varint: () => bigint, take: (length: number) => Buffer): bigint | Buffer {
  switch (wireType) {
    case VARINT:
      return varint();
    case LENGTH_DELIMITED:
      return take(Number(varint()));
    case FIXED64:
      return take(8);
    case FIXED32:
      return take(4);
    default:
      throw badRequest(`the protobuf body holds an unknown wire type ${wireType}`);
  }
}

function truncated(): Error {
  return badRequest('the protobuf body ends too early');
}
