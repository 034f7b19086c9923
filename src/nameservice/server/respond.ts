import { answerQuery, type NameTable } from '../answer';
import type { ClientZones } from './client-zones';
import { decodeRequest, type Request } from './decode-question';
import { encodeResponse, type Response, type ResponseCode } from './encode-response';

/** What answering needs besides the bytes. */
export interface Responder {
  readonly table: () => NameTable;
  readonly clientZones: ClientZones;
  /** Next turn of a name for a client zone; makes weighted answers exact. */
  readonly nextTurn: (key: string) => number;
}

const TCP_LIMIT_BYTES = 65535;
const CLASSIC_UDP_BYTES = 512;

/** Bytes in, bytes out; `undefined` when nothing should be sent back. */
export function respond(
  responder: Responder,
  bytes: Buffer,
  client: string,
  transport: 'udp' | 'tcp',
): Buffer | undefined {
  const request = decodeRequest(bytes);
  if (!request) return undefined;
  const limit =
    transport === 'tcp' ? TCP_LIMIT_BYTES : Math.min(request.edns?.udpPayloadBytes ?? CLASSIC_UDP_BYTES, 4096);
  return encodeResponse(request, answerRequest(responder, request, client), limit);
}

function answerRequest(responder: Responder, request: Request, client: string): Response {
  const refusal = refuse(request);
  if (refusal !== undefined || request.question === undefined) return bare(refusal ?? 'FORMERR');
  const { name, type } = request.question;
  const clientZone = responder.clientZones.zoneOf(request.edns?.subnet?.address ?? client);
  const turn = responder.nextTurn(`${name.toLowerCase()} ${clientZone ?? ''} ${type}`);
  return answerQuery(responder.table(), { name, type, turn, ...(clientZone === undefined ? {} : { clientZone }) });
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
