import { type IncomingHttpHeaders, type ServerHttp2Stream, constants } from 'node:http2';
import { type PeerCertificate, TLSSocket } from 'node:tls';

import { GrpcCode, type GrpcStatus, statusTrailers } from './grpc-status';
import { MessageReader, messageHeader } from './message-reader';

const COALESCE_BELOW_BYTES = 64 * 1024;

/** Who is at the other end. */
export interface GrpcPeer {
  readonly address: string;
  /** The client's certificate, only when it was verified against the server's trust bundle. */
  readonly certificate: PeerCertificate | undefined;
}

/** What a handler of a streaming call listens to. `closed` comes last, once, whatever ended the call. */
export interface GrpcCallListener {
  message(bytes: Buffer): void;
  /** The client has said everything. */
  halfClosed(): void;
  closed(): void;
}

/**
 * One gRPC call over an HTTP/2 stream, seen from the server. Bytes handed to `send` are never copied when they are large,
 * so that many calls can share them.
 */
export class GrpcCall {
  readonly peer: GrpcPeer;
  private status: GrpcStatus = { code: GrpcCode.Ok, message: '' };
  private ended = false;
  private headersSent = false;

  constructor(
    private readonly stream: ServerHttp2Stream,
    readonly headers: IncomingHttpHeaders,
    private readonly maxMessageBytes: number,
  ) {
    this.peer = peerOf(stream);
    stream.on('wantTrailers', () => stream.sendTrailers(statusTrailers(this.status)));
    stream.on('error', () => this.cancel());
    // After our last word the client's half need not stay open (RFC 9113 §8.1).
    stream.once('finish', () => stream.readableEnded || stream.close(constants.NGHTTP2_NO_ERROR));
  }

  /** Whether nothing can be sent any more. */
  get isOver(): boolean {
    return this.ended || this.stream.destroyed || this.stream.closed;
  }

  /** Starts to read; the listener gets every message in order. */
  listen(listener: GrpcCallListener): void {
    const reader = new MessageReader(this.maxMessageBytes);
    this.stream.on('data', (chunk: Buffer) => this.read(reader, chunk, listener));
    this.stream.on('end', () => listener.halfClosed());
    this.stream.once('close', () => listener.closed());
  }

  private read(reader: MessageReader, chunk: Buffer, listener: GrpcCallListener): void {
    const result = reader.push(chunk);
    if (result === 'too-large') {
      return this.end({ code: GrpcCode.ResourceExhausted, message: `message exceeds ${this.maxMessageBytes} bytes` });
    }
    if (result === 'compressed') {
      return this.end({ code: GrpcCode.Unimplemented, message: 'compressed messages are not supported' });
    }
    for (const message of result) if (!this.isOver) listener.message(message);
  }

  /**
   * Sends one message given in pieces. Resolves when the connection has room for the next one, or the call is over:
   * a slow client holds back only its own call.
   */
  async send(pieces: readonly Uint8Array[]): Promise<void> {
    this.sendHeaders();
    const lengthBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    for (const chunk of coalesce([messageHeader(lengthBytes), ...pieces])) {
      if (this.isOver) return;
      if (!this.stream.write(chunk)) await this.drained();
    }
  }

  /** Ends the call with a status; what was sent before still arrives. */
  end(status: GrpcStatus): void {
    if (this.isOver) return;
    this.ended = true;
    this.status = status;
    if (this.headersSent) return void this.stream.end();
    this.stream.respond({ ...RESPONSE_HEADERS, ...statusTrailers(status) }, { endStream: true });
  }

  private sendHeaders(): void {
    if (this.headersSent || this.isOver) return;
    this.headersSent = true;
    this.stream.respond(RESPONSE_HEADERS, { waitForTrailers: true });
  }

  private cancel(): void {
    this.ended = true;
  }

  private drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.stream.off('drain', done).off('close', done);
        resolve();
      };
      this.stream.once('drain', done).once('close', done);
    });
  }
}

const RESPONSE_HEADERS = { ':status': 200, 'content-type': 'application/grpc+proto' } as const;

/** Joins small neighbours, since each write costs; leaves large pieces as they are, since they are shared. */
function coalesce(pieces: readonly Uint8Array[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const flush = (): void => {
    if (small.length > 0) chunks.push(Buffer.concat(small));
    small = [];
  };
  for (const piece of pieces) {
    if (piece.length < COALESCE_BELOW_BYTES) small.push(piece);
    else {
      flush();
      chunks.push(piece);
    }
  }
  flush();
  return chunks;
}

function peerOf(stream: ServerHttp2Stream): GrpcPeer {
  const socket = stream.session?.socket;
  const address = `${socket?.remoteAddress ?? 'unknown'}:${socket?.remotePort ?? 0}`;
  // node:http2 gives a stand-in for the socket that answers `instanceof` and reads, but not `in`.
  const secure = socket instanceof TLSSocket ? socket : undefined;
  return { address, certificate: secure?.authorized ? secure.getPeerCertificate(true) : undefined };
}
