import type { AnswerRecord } from '../answer';
import type { EdnsRequest, Question, Request } from './decode-question';
import { recordCodec, recordTypeNumber } from './record-codec';

/** Response codes with their numbers (RFC 1035 §4.1.1; BADVERS is extended, RFC 6891). */
const RCODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, BADVERS: 16 } as const;
export type ResponseCode = keyof typeof RCODES;

/** Everything that goes into one response. */
export interface Response {
  readonly rcode: ResponseCode;
  readonly authoritative: boolean;
  readonly answers: readonly AnswerRecord[];
  readonly authorities: readonly AnswerRecord[];
  readonly additionals: readonly AnswerRecord[];
}

/** What this server accepts by UDP; the value that avoids fragmentation on nearly every path (DNS flag day 2020). */
const OUR_UDP_PAYLOAD_BYTES = 1232;

/**
 * Writes a response of at most `limitBytes`. What does not fit is cut at a whole section and TC is set, so that the client
 * asks again over TCP; additional records are dropped without TC, because nobody needs them.
 */
export function encodeResponse(request: Request, response: Response, limitBytes: number): Buffer {
  const full = writeMessage(request, response, false);
  if (full.length <= limitBytes) return full;
  const withoutAdditionals = writeMessage(request, { ...response, additionals: [] }, false);
  if (withoutAdditionals.length <= limitBytes) return withoutAdditionals;
  return writeMessage(request, { ...response, answers: [], authorities: [], additionals: [] }, true);
}

function writeMessage(request: Request, response: Response, truncated: boolean): Buffer {
  const writer = new MessageWriter();
  const code = RCODES[response.rcode];
  writer.uint16(request.id);
  writer.uint16(flags(request, response, truncated, code));
  writer.uint16(request.question ? 1 : 0);
  writer.uint16(response.answers.length);
  writer.uint16(response.authorities.length);
  writer.uint16(response.additionals.length + (request.edns ? 1 : 0));
  if (request.question) writer.question(request.question);
  for (const record of [...response.answers, ...response.authorities, ...response.additionals]) writer.record(record);
  if (request.edns) writer.edns(request.edns, code >> 4);
  return writer.finish();
}

function flags(request: Request, response: Response, truncated: boolean, code: number): number {
  return (
    0x8000 |
    (request.opcode << 11) |
    (response.authoritative ? 0x0400 : 0) |
    (truncated ? 0x0200 : 0) |
    (request.recursionDesired ? 0x0100 : 0) |
    (code & 0x0f)
  );
}

/** Grows as it is written to; remembers where each name stands, so that later ones point there (RFC 1035 §4.1.4). */
class MessageWriter {
  private bytes = Buffer.alloc(512);
  private length = 0;
  private readonly names = new Map<string, number>();

  uint16(value: number): void {
    this.reserve(2);
    this.length = this.bytes.writeUInt16BE(value, this.length);
  }

  uint32(value: number): void {
    this.reserve(4);
    this.length = this.bytes.writeUInt32BE(value, this.length);
  }

  /** The question as it came, byte for byte. */
  question({ name, bytes }: Question): void {
    let offset = 0;
    // An escaped byte is longer as text than on the wire; such a name is served by nobody, and nothing points into it.
    for (let rest = name.includes('\\') ? '' : name; rest !== ''; rest = afterFirstLabel(rest)) {
      this.names.set(rest, this.length + offset);
      offset += (bytes[offset] ?? 0) + 1;
    }
    this.reserve(bytes.length);
    this.length += bytes.copy(this.bytes, this.length);
  }

  /** A name in the case it was asked in, compressed against names written before with the same letters and case. */
  name(name: string): void {
    let rest = name.replace(/\.$/, '');
    while (rest !== '') {
      const known = this.names.get(rest);
      if (known !== undefined) return this.uint16(0xc000 | known);
      if (this.length < 0x4000) this.names.set(rest, this.length);
      const dot = rest.indexOf('.');
      this.label(dot < 0 ? rest : rest.slice(0, dot));
      rest = afterFirstLabel(rest);
    }
    this.reserve(1);
    this.bytes[this.length++] = 0;
  }

  record({ name, type, ttl, data }: AnswerRecord): void {
    this.name(name);
    this.uint16(recordTypeNumber(type));
    this.uint16(1);
    this.uint32(ttl);
    const codec = recordCodec(type);
    const size = codec.encodingLength(data);
    this.reserve(size);
    codec.encode(data, this.bytes, this.length);
    this.length += size;
  }

  /** The OPT record of a response; a client subnet comes back with scope 0 up to its prefix (RFC 7871 §7.2.1). */
  edns(request: EdnsRequest, extendedCode: number): void {
    this.reserve(1);
    this.bytes[this.length++] = 0;
    this.uint16(41);
    this.uint16(OUR_UDP_PAYLOAD_BYTES);
    this.uint32((extendedCode << 24) >>> 0);
    const option = request.subnet ? subnetOption(request.subnet) : Buffer.alloc(0);
    this.uint16(option.length);
    this.reserve(option.length);
    option.copy(this.bytes, this.length);
    this.length += option.length;
  }

  finish(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  private label(label: string): void {
    const size = Buffer.byteLength(label);
    this.reserve(size + 1);
    this.bytes[this.length++] = size;
    this.length += this.bytes.write(label, this.length);
  }

  private reserve(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const larger = Buffer.alloc(Math.max(this.bytes.length * 2, this.length + size));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

function afterFirstLabel(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1);
}

/** Client subnet, family and prefix as they came, scope equal to the prefix: the answer holds for that network. */
function subnetOption({ family, prefixLength, address }: NonNullable<EdnsRequest['subnet']>): Buffer {
  const significant = Math.ceil(prefixLength / 8);
  const octets = addressOctets(address, family).subarray(0, significant);
  const option = Buffer.alloc(8 + octets.length);
  option.writeUInt16BE(8, 0);
  option.writeUInt16BE(4 + octets.length, 2);
  option.writeUInt16BE(family, 4);
  option.writeUInt8(prefixLength, 6);
  option.writeUInt8(prefixLength, 7);
  octets.copy(option, 8);
  return option;
}

function addressOctets(address: string, family: number): Buffer {
  const codec = recordCodec(family === 2 ? 'AAAA' : 'A');
  const encoded = Buffer.alloc(codec.encodingLength(address));
  codec.encode(address, encoded, 0);
  // Record data starts with its 2-byte length.
  return encoded.subarray(2);
}
