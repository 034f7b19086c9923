import { crc32 } from 'node:zlib';
import type { ObjectKey } from './object-key';
import { nameFromText, textOfKey } from './object-key';

/**
 * One line of a log or a snapshot: eight hexadecimal digits of CRC-32, a tab, and the text they cover. The text is
 * `P revision key json` for a put, `D revision key` for a deletion, `B` for a barrier (everything before it was durable when it was written)
 * and `E revision count` for the end of a snapshot, its parts tab separated.
 */
export type LogRecord =
  | { readonly kind: 'put'; readonly revision: number; readonly key: ObjectKey; readonly json: Buffer }
  | { readonly kind: 'delete'; readonly revision: number; readonly key: ObjectKey }
  | { readonly kind: 'barrier' }
  | { readonly kind: 'end'; readonly revision: number; readonly count: number };

const LINE_BREAK = 0x0a;
const TAB = 0x09;
const CHECKSUM_LENGTH = 8;
const LINE_END = Buffer.from('\n');

/** The bytes of a record, line break included. */
export function encodeRecord(record: LogRecord): Buffer {
  const head = Buffer.from(headOf(record));
  const tail = record.kind === 'put' ? record.json : Buffer.alloc(0);
  const checksum = crc32(tail, crc32(head)).toString(16).padStart(CHECKSUM_LENGTH, '0');
  return Buffer.concat([Buffer.from(`${checksum}\t`), head, tail, LINE_END]);
}

function headOf(record: LogRecord): string {
  switch (record.kind) {
    case 'put':
      return `P\t${record.revision}\t${textOfKey(record.key)}\t`;
    case 'delete':
      return `D\t${record.revision}\t${textOfKey(record.key)}`;
    case 'barrier':
      return 'B';
    case 'end':
      return `E\t${record.revision}\t${record.count}`;
  }
}

/** What stands at an offset of a log: a record and where the next one starts, or bytes that are no whole record. */
export type Decoded =
  | { readonly ok: true; readonly record: LogRecord; readonly next: number }
  | { readonly ok: false; readonly next: number };

/** Reads the record that starts at `offset`. `next` is the start of the next line, or the end of the bytes. */
export function decodeRecord(bytes: Buffer, offset: number): Decoded {
  const lineEnd = bytes.indexOf(LINE_BREAK, offset);
  const next = lineEnd < 0 ? bytes.length : lineEnd + 1;
  const bodyStart = offset + CHECKSUM_LENGTH + 1;
  if (lineEnd < bodyStart || bytes[bodyStart - 1] !== TAB) return { ok: false, next };
  const body = bytes.subarray(bodyStart, lineEnd);
  const checksum = bytes.toString('latin1', offset, offset + CHECKSUM_LENGTH);
  if (crc32(body).toString(16).padStart(CHECKSUM_LENGTH, '0') !== checksum) return { ok: false, next };
  const record = parseBody(body);
  return record === undefined ? { ok: false, next } : { ok: true, record, next };
}

function parseBody(body: Buffer): LogRecord | undefined {
  const parts = splitHead(body);
  const revision = Number(parts.fields[1]);
  const [type, , resource = '', namespace = '', name = ''] = parts.fields;
  if (type === 'B') return { kind: 'barrier' };
  if (!Number.isSafeInteger(revision)) return undefined;
  const key = { resource: shared(resource), namespace: shared(namespace), name: nameFromText(name) };
  if (type === 'P') return { kind: 'put', revision, key, json: body.subarray(parts.end) };
  if (type === 'D') return { kind: 'delete', revision, key };
  if (type === 'E') return { kind: 'end', revision, count: Number(resource) };
  return undefined;
}

const known = new Map<string, string>();
const MAX_KNOWN = 10_000;

/** One copy of a text that very many keys hold. */
function shared(text: string): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  if (known.size < MAX_KNOWN) known.set(text, text);
  return text;
}

/** The first five tab-separated fields and where the sixth, the JSON, starts. JSON never holds a raw tab. */
function splitHead(body: Buffer): { readonly fields: string[]; readonly end: number } {
  const fields: string[] = [];
  let start = 0;
  while (fields.length < 5) {
    const tab = body.indexOf(TAB, start);
    fields.push(body.toString('utf8', start, tab < 0 ? body.length : tab));
    if (tab < 0) return { fields, end: body.length };
    start = tab + 1;
  }
  return { fields, end: start };
}
