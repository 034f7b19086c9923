import { open } from 'node:fs/promises';
import { decodeRecord, type LogRecord } from './log-record';

/** A record and where it lies, or a line that is none. */
export type LocatedRecord =
  | { readonly ok: true; readonly record: LogRecord; readonly offset: number; readonly end: number }
  | { readonly ok: false; readonly offset: number; readonly end: number };

const CHUNK_BYTES = 1024 * 1024;

/** Reads a file line by line without holding it whole. Buffers inside a record are valid only until the next one is asked for. */
export async function* readRecords(path: string): AsyncGenerator<LocatedRecord> {
  const handle = await open(path, 'r');
  try {
    let carried: Buffer = Buffer.alloc(0);
    let offset = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
      const bytes = Buffer.concat([carried, chunk.subarray(0, bytesRead)]);
      const whole = bytesRead === 0 ? bytes.length : bytes.lastIndexOf(0x0a) + 1;
      yield* recordsOf(bytes.subarray(0, whole), offset);
      carried = bytes.subarray(whole);
      offset += whole;
      if (bytesRead === 0) return;
    }
  } finally {
    await handle.close();
  }
}

function* recordsOf(bytes: Buffer, base: number): Generator<LocatedRecord> {
  for (let position = 0; position < bytes.length;) {
    const decoded = decodeRecord(bytes, position);
    const where = { offset: base + position, end: base + decoded.next };
    yield decoded.ok ? { ok: true, record: decoded.record, ...where } : { ok: false, ...where };
    position = decoded.next;
  }
}
