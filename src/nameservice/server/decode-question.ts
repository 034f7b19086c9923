import { decode, type Packet } from 'dns-packet';

/** What one request asks, as far as this server needs it. */
export interface Request {
  readonly id: number;
  /** 0 is QUERY (RFC 1035 §4.1.1). */
  readonly opcode: number;
  readonly recursionDesired: boolean;
  /** Exactly one, or the request is refused. */
  readonly question: Question | undefined;
  readonly questionCount: number;
  readonly edns: EdnsRequest | undefined;
}

/** The one question, and its exact bytes, which go back unchanged. */
export interface Question {
  readonly name: string;
  readonly type: string;
  readonly class: string;
  readonly bytes: Buffer;
}

/** The EDNS0 part of a request (RFC 6891), with the client subnet (RFC 7871) when a resolver tells it. */
export interface EdnsRequest {
  readonly udpPayloadBytes: number;
  readonly version: number;
  readonly subnet: ClientSubnet | undefined;
}

/** A client's network as its resolver tells it. */
export interface ClientSubnet {
  readonly family: number;
  readonly prefixLength: number;
  readonly address: string;
}

/** A longer request cannot be one question with its options. */
const REQUEST_LIMIT_BYTES = 4096;

/** The packet library's view of an OPT record; its own types leave out half of it. */
interface OptRecord {
  readonly type: 'OPT';
  readonly udpPayloadSize?: number;
  readonly ednsVersion?: number;
  readonly options?: readonly { code: number; family?: number; sourcePrefixLength?: number; ip?: string }[];
}

/**
 * Reads a request. `undefined` for what is no DNS request at all (too short, a response, garbage): it gets no answer,
 * so that this server cannot be made to reflect noise.
 */
export function decodeRequest(bytes: Buffer): Request | undefined {
  if (bytes.length < 12 || bytes.length > REQUEST_LIMIT_BYTES || ((bytes[2] ?? 0) & 0x80) !== 0) return undefined;
  if (!canHoldItsCounts(bytes)) return undefined;
  const packet = decodeSafely(bytes);
  if (!packet) return undefined;
  const questions = packet.questions ?? [];
  const [question] = questions;
  return {
    id: bytes.readUInt16BE(0),
    opcode: ((bytes[2] ?? 0) >> 3) & 0x0f,
    recursionDesired: ((bytes[2] ?? 0) & 0x01) !== 0,
    question: question && {
      name: nameIn(bytes),
      type: question.type,
      class: question.class ?? 'IN',
      bytes: bytes.subarray(12, questionEnd(bytes)),
    },
    questionCount: questions.length,
    edns: readEdns(packet),
  };
}

/**
 * The first question's name as text. A byte that would change its meaning as text, a dot within a label above all, is written as in a zone
 * file (RFC 1035 §5.1), so that it equals no name that is served.
 */
function nameIn(bytes: Buffer): string {
  const labels: string[] = [];
  let offset = 12;
  for (let size = bytes[offset] ?? 0; size > 0 && size < 0xc0; size = bytes[offset] ?? 0) {
    const label = bytes.toString('latin1', offset + 1, offset + 1 + size);
    labels.push(label.replace(/[^!-\-/-~]/g, (byte) => `\\${String(byte.charCodeAt(0)).padStart(3, '0')}`));
    offset += size + 1;
  }
  return labels.join('.');
}

/** Where the first question ends: its labels, a zero, type and class. The packet was decoded before, so it is whole. */
function questionEnd(bytes: Buffer): number {
  let offset = 12;
  for (let size = bytes[offset] ?? 0; size > 0; size = bytes[offset] ?? 0) {
    if (size >= 0xc0) return offset + 6;
    offset += size + 1;
  }
  return offset + 5;
}

/**
 * Whether there is room for as many entries as the header counts; the shortest takes 5 bytes. The library makes room for all of them first, and
 * twelve bytes that claim a quarter of a million would cost more than a thousand honest questions.
 */
function canHoldItsCounts(bytes: Buffer): boolean {
  const count = [4, 6, 8, 10].reduce((sum, offset) => sum + bytes.readUInt16BE(offset), 0);
  return count * 5 <= bytes.length - 12;
}

/** The library throws on malformed input, whatever kind of error comes to hand: here that is an expected outcome. */
function decodeSafely(bytes: Buffer): Packet | undefined {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}

function readEdns(packet: Packet): EdnsRequest | undefined {
  const record = (packet.additionals ?? []).find(({ type }) => type === 'OPT') as OptRecord | undefined;
  if (!record) return undefined;
  const subnet = (record.options ?? []).find(({ code, ip }) => code === 8 && ip !== undefined);
  return {
    udpPayloadBytes: Math.max(512, record.udpPayloadSize ?? 512),
    version: record.ednsVersion ?? 0,
    subnet: subnet && {
      family: subnet.family ?? 1,
      prefixLength: subnet.sourcePrefixLength ?? 0,
      address: subnet.ip ?? '',
    },
  };
}
