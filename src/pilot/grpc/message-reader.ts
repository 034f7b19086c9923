const HEADER_BYTES = 5;

/** Why a byte stream is not a sequence of gRPC messages. */
export type FramingFault = 'compressed' | 'too-large';

/**
 * Cuts a stream of bytes into gRPC messages: one byte "compressed", four bytes length, the message.
 * A message longer than the limit is refused when its header arrives, before any of it is kept.
 */
export class MessageReader {
  private readonly chunks: Buffer[] = [];
  private bufferedBytes = 0;
  private neededBytes = HEADER_BYTES;

  constructor(private readonly maxMessageBytes: number) {}

  /** Takes the next bytes; gives the messages they complete, or what is wrong with them. */
  push(chunk: Buffer): readonly Buffer[] | FramingFault {
    this.chunks.push(chunk);
    this.bufferedBytes += chunk.length;
    if (this.bufferedBytes < this.neededBytes) return [];
    return this.cut();
  }

  private cut(): readonly Buffer[] | FramingFault {
    const messages: Buffer[] = [];
    let rest = this.chunks.length === 1 && this.chunks[0] ? this.chunks[0] : Buffer.concat(this.chunks);
    this.neededBytes = HEADER_BYTES;
    while (rest.length >= HEADER_BYTES) {
      if (rest[0] !== 0) return 'compressed';
      const length = rest.readUInt32BE(1);
      if (length > this.maxMessageBytes) return 'too-large';
      this.neededBytes = HEADER_BYTES + length;
      if (rest.length < this.neededBytes) break;
      messages.push(rest.subarray(HEADER_BYTES, this.neededBytes));
      rest = rest.subarray(this.neededBytes);
      this.neededBytes = HEADER_BYTES;
    }
    this.chunks.splice(0, this.chunks.length, rest);
    this.bufferedBytes = rest.length;
    return messages;
  }
}

/** The five bytes before a message of this length. */
export function messageHeader(lengthBytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(lengthBytes, 1);
  return header;
}
