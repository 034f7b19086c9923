const NEWLINE = 0x0a;
/** Far above what etcd stores in one object (1.5 MB by default), so only a broken peer reaches it. */
const LINE_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Splits a byte stream into lines, wherever the chunk borders fall (also inside a UTF-8 character). A line without its
 * newline is not a line: what a broken connection tore is never parsed.
 */
export class JsonLines {
  private parts: Buffer[] = [];
  private pendingBytes = 0;

  /** The lines that this chunk completes, without empty ones. @throws RangeError when a line is beyond all measure. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = this.complete(chunk.subarray(start, end));
      if (line !== '') lines.push(line);
      start = end + 1;
    }
    if (start < chunk.length) this.keep(chunk.subarray(start));
    return lines;
  }

  /** Bytes of the unfinished line. */
  get pending(): number {
    return this.pendingBytes;
  }

  private complete(tail: Buffer): string {
    if (this.parts.length === 0) return tail.toString('utf8');
    const line = Buffer.concat([...this.parts, tail]).toString('utf8');
    this.parts = [];
    this.pendingBytes = 0;
    return line;
  }

  private keep(part: Buffer): void {
    this.pendingBytes += part.length;
    if (this.pendingBytes > LINE_LIMIT_BYTES) throw new RangeError(`a line is longer than ${LINE_LIMIT_BYTES} bytes`);
    this.parts.push(part);
  }
}
