import { answerQuery, answerTurns, type NameTable } from '../answer';
import type { ClientZones } from './client-zones';
import { decodeRequest, type Request } from './decode-question';
import { encodeResponse, type Response, type ResponseCode } from './encode-response';
import { type PlainQuestion, readPlainQuestion } from './plain-question';
import type { CachedAnswers, ResponseCache } from './response-cache';

/** What answering needs besides the bytes. */
export interface Responder {
  readonly table: () => NameTable;
  readonly clientZones: () => ClientZones;
  /** Next turn of a name for a client zone; makes weighted answers exact. */
  readonly nextTurn: (key: string) => number;
  readonly cache: ResponseCache;
}

/** One request as it came. */
interface Asked {
  readonly bytes: Buffer;
  readonly client: string;
  /** Bytes that may go back. */
  readonly limitBytes: number;
}

const TCP_LIMIT_BYTES = 65535;
const CLASSIC_UDP_BYTES = 512;

/** More may be asked for, but would come in fragments, which get lost (DNS flag day 2020). */
const LARGEST_UDP_BYTES = 1232;

/** Bytes in, bytes out; `undefined` when nothing should be sent back. */
export function respond(
  responder: Responder,
  bytes: Buffer,
  client: string,
  transport: 'udp' | 'tcp',
): Buffer | undefined {
  const plain = readPlainQuestion(bytes);
  if (plain === undefined) return respondToAny(responder, bytes, client, transport);
  const asked = { bytes, client, limitBytes: limitOf(transport, plain.udpPayloadBytes) };
  return respondToPlain(responder, plain, asked);
}

function limitOf(transport: 'udp' | 'tcp', udpPayloadBytes: number | undefined): number {
  if (transport === 'tcp') return TCP_LIMIT_BYTES;
  return udpPayloadBytes === undefined ? CLASSIC_UDP_BYTES : Math.min(udpPayloadBytes, LARGEST_UDP_BYTES);
}

/** The hot path: most questions were asked before, from the same zone. */
function respondToPlain(responder: Responder, plain: PlainQuestion, asked: Asked): Buffer | undefined {
  const table = responder.table();
  const zone = responder.clientZones().zoneOf(asked.client);
  const key = plain.udpPayloadBytes === undefined ? plain.key : `${plain.key}+`;
  const known = responder.cache.find(table, zone ?? '', key) ?? remember(responder, asked, { table, zone, key });
  if (known === undefined) return respondNewly(asked, { table, zone, turn: 0 });
  const { turn, turns } = known;
  known.turn = turn + 1 === turns.cycle ? 0 : turn + 1;
  const response = known.responses[turns.placeOf(turn)];
  if (response !== undefined && response.length <= asked.limitBytes) return patched(response, asked.bytes, plain.end);
  return respondNewly(asked, { table, zone, turn, known });
}

/** Begins to remember a question that was not asked before; undefined for what is no question. */
function remember(
  responder: Responder,
  { bytes }: Asked,
  { table, zone, key }: { readonly table: NameTable; readonly zone: string | undefined; readonly key: string },
): CachedAnswers | undefined {
  const { question } = decodeRequest(bytes) ?? {};
  if (question === undefined) return undefined;
  const { name, type } = question;
  const turns = answerTurns(table, { name, type, ...(zone === undefined ? {} : { clientZone: zone }) });
  const turn = responder.nextTurn(turnKey(name, zone, type)) % turns.cycle;
  return responder.cache.add(zone ?? '', key, turns, turn);
}

interface NewAnswer {
  readonly table: NameTable;
  readonly zone: string | undefined;
  readonly turn: number;
  readonly known?: CachedAnswers;
}

/** Makes a response in full; what is remembered is never cut, because the next asker may take more. */
function respondNewly(asked: Asked, { table, zone, turn, known }: NewAnswer): Buffer | undefined {
  const request = decodeRequest(asked.bytes);
  if (request === undefined) return undefined;
  const response = answerRequest(table, request, zone, turn);
  const full = encodeResponse(request, response, TCP_LIMIT_BYTES);
  if (known !== undefined) known.responses[known.turns.placeOf(turn)] = Buffer.from(full);
  return full.length <= asked.limitBytes ? full : encodeResponse(request, response, asked.limitBytes);
}

/** A copy with the asker's id, RD flag and question, whose case may differ (0x20). */
function patched(response: Buffer, asked: Buffer, questionEnd: number): Buffer {
  const copy = Buffer.allocUnsafe(response.length);
  response.copy(copy);
  copy[0] = asked[0] ?? 0;
  copy[1] = asked[1] ?? 0;
  copy[2] = ((copy[2] ?? 0) & 0xfe) | ((asked[2] ?? 0) & 0x01);
  asked.copy(copy, HEADER_BYTES, HEADER_BYTES, questionEnd);
  return copy;
}

const HEADER_BYTES = 12;

/** Requests with options, several questions, or no sense. */
function respondToAny(
  responder: Responder,
  bytes: Buffer,
  client: string,
  transport: 'udp' | 'tcp',
): Buffer | undefined {
  const request = decodeRequest(bytes);
  if (!request) return undefined;
  const zone = responder.clientZones().zoneOf(request.edns?.subnet?.address ?? client);
  const { name = '', type = '' } = request.question ?? {};
  const turn = responder.nextTurn(turnKey(name, zone, type));
  const response = answerRequest(responder.table(), request, zone, turn);
  return encodeResponse(request, response, limitOf(transport, request.edns?.udpPayloadBytes));
}

function turnKey(name: string, zone: string | undefined, type: string): string {
  return `${name.toLowerCase()} ${zone ?? ''} ${type}`;
}

function answerRequest(table: NameTable, request: Request, clientZone: string | undefined, turn: number): Response {
  const refusal = refuse(request);
  if (refusal !== undefined || request.question === undefined) return bare(refusal ?? 'FORMERR');
  const { name, type } = request.question;
  return answerQuery(table, { name, type, turn, ...(clientZone === undefined ? {} : { clientZone }) });
}

/** Requests that are understood but not served (RFC 1035 §4.1.1, RFC 9619: exactly one question; RFC 6891 §6.1.3). */
function refuse(request: Request): ResponseCode | undefined {
  if (request.opcode !== 0) return 'NOTIMP';
  if (request.questionCount !== 1 || !request.question) return 'FORMERR';
  if (request.edns && request.edns.version > 0) return 'BADVERS';
  if (request.question.class !== 'IN') return 'REFUSED';
  if (['AXFR', 'IXFR'].includes(request.question.type)) return 'REFUSED';
  return undefined;
}

function bare(rcode: ResponseCode): Response {
  return { rcode, authoritative: false, answers: [], authorities: [], additionals: [] };
}
