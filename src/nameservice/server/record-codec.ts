import * as dnsPacket from 'dns-packet';
import type { AnswerType } from '../answer';

/** How the packet library encodes one type's record data, its 2-byte length in front. */
export interface RecordCodec {
  encode(data: unknown, target: Buffer, offset: number): Buffer;
  encodingLength(data: unknown): number;
}

/** What the library exports beyond its published types. */
interface RecordLibrary {
  record(type: string): RecordCodec;
}

const NUMBERS: Readonly<Record<AnswerType, number>> = { A: 1, NS: 2, CNAME: 5, SOA: 6, TXT: 16, AAAA: 28, SRV: 33 };

/** Encoder of one record type's data. */
export function recordCodec(type: AnswerType): RecordCodec {
  return (dnsPacket as typeof dnsPacket & RecordLibrary).record(type);
}

/** A type's number in the wire format (IANA DNS parameters). */
export function recordTypeNumber(type: AnswerType): number {
  return NUMBERS[type];
}
