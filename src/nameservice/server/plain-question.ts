/** A request that asks one question in the plainest way, and nearly all do: found without decoding the packet. */
export interface PlainQuestion {
  /** Where the question ends. */
  readonly end: number;
  /** The question in lower case, byte for byte. */
  readonly key: string;
  /** Bytes that the client takes by UDP; undefined without EDNS. */
  readonly udpPayloadBytes: number | undefined;
}

const HEADER_BYTES = 12;
const OPT_BYTES = 11;

/**
 * Reads a query (RFC 1035 §4.1) with one question and at most an empty OPT record (RFC 6891) behind it. Everything else, and everything that
 * is wrong, is undefined: the packet library has to look at it.
 */
export function readPlainQuestion(bytes: Buffer): PlainQuestion | undefined {
  if (!hasPlainHeader(bytes)) return undefined;
  const end = endOfName(bytes);
  if (end === undefined || end + 4 > bytes.length) return undefined;
  const questionEnd = end + 4;
  const additional = bytes[11] === 1;
  if (bytes.length !== questionEnd + (additional ? OPT_BYTES : 0)) return undefined;
  if (additional && !isEmptyOpt(bytes, questionEnd)) return undefined;
  return {
    end: questionEnd,
    key: keyOf(bytes, end),
    udpPayloadBytes: additional ? Math.max(512, bytes.readUInt16BE(questionEnd + 3)) : undefined,
  };
}

/** A standard query, one question, no answers, no authorities, one additional record at most. */
function hasPlainHeader(bytes: Buffer): boolean {
  if (bytes.length < HEADER_BYTES + 5 || ((bytes[2] ?? 0) & 0xf8) !== 0) return false;
  const counts = bytes[4] === 0 && bytes[5] === 1 && bytes[6] === 0 && bytes[7] === 0 && bytes[8] === 0;
  return counts && bytes[9] === 0 && bytes[10] === 0 && (bytes[11] ?? 0) <= 1;
}

/** Where the name ends, its zero included; undefined when it is compressed, too long or cut. */
function endOfName(bytes: Buffer): number | undefined {
  let offset = HEADER_BYTES;
  for (let size = bytes[offset]; size !== undefined; size = bytes[offset]) {
    if (size === 0) return offset + 1;
    if (size > 63 || offset - HEADER_BYTES > 254) return undefined;
    offset += size + 1;
  }
  return undefined;
}

/** Root name, type 41, version 0, no options. */
function isEmptyOpt(bytes: Buffer, at: number): boolean {
  const type = bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 41;
  return type && bytes[at + 6] === 0 && bytes[at + 9] === 0 && bytes[at + 10] === 0;
}

/** Type and class have no letters to lower; they are kept apart from the name. */
function keyOf(bytes: Buffer, nameEnd: number): string {
  const name = bytes.toString('latin1', HEADER_BYTES, nameEnd).toLowerCase();
  return name + String.fromCharCode(bytes.readUInt16BE(nameEnd), bytes.readUInt16BE(nameEnd + 2));
}
