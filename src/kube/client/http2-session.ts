import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock, Stop } from '../../kernel';
import type { StreamAnswer } from './stream-answer';

/** Flow-control windows: a first list is megabytes, and 64 kB a round trip is slow between regions. */
const STREAM_WINDOW_BYTES = 1024 * 1024;
const SESSION_WINDOW_BYTES = 16 * 1024 * 1024;
/** As client-go: a ping when streams are open, and the session is given up when no answer comes. */
const PING = { everyMs: 30_000, answerMs: 15_000 };

/** One GET over HTTP/2. */
export interface StreamRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly signal: AbortSignal;
}

/**
 * One HTTP/2 connection with many streams. After a GOAWAY its streams go on, but it takes no new ones; a peer that is
 * gone without a word is found by pings. It closes itself when it has been without a stream for a while.
 */
export class Http2Session {
  private readonly session: ClientHttp2Session;
  private streams = 0;
  private isLeaving = false;
  private stopTimer: Stop = () => undefined;

  constructor(
    authority: URL,
    socket: Socket,
    private readonly clock: Clock,
    private readonly idleMs: number,
    onClose: () => void,
  ) {
    this.session = connect(authority, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
    });
    this.session.on('connect', () => this.session.setLocalWindowSize(SESSION_WINDOW_BYTES));
    this.session.on('goaway', () => (this.isLeaving = true));
    this.session.on('error', () => (this.isLeaving = true)); // each stream reports it to its own reader
    this.session.on('close', () => {
      this.isLeaving = true;
      this.stopTimer();
      onClose();
    });
    this.watchIdle();
  }

  /** Whether another stream may be opened here. */
  get isOpen(): boolean {
    const { closed, destroyed, remoteSettings } = this.session;
    const limit = remoteSettings?.maxConcurrentStreams ?? 0;
    return !this.isLeaving && !closed && !destroyed && this.streams < limit;
  }

  /** Resolves when the server has told its limits; rejects when the connection ends before. */
  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.session.destroyed) return reject(new Error('the HTTP/2 connection was closed'));
      this.session.once('remoteSettings', () => resolve());
      this.session.once('error', reject);
      this.session.once('close', () => reject(new Error('the HTTP/2 connection was closed')));
    });
  }

  /** Resolves with the answer's head; rejects when the stream ends before. */
  request({ path, headers, signal }: StreamRequest): Promise<StreamAnswer> {
    const stream = this.session.request({ ':method': 'GET', ':path': path, ...headers }, { endStream: true });
    this.follow(stream);
    return new Promise((resolve, reject) => {
      const abort = (): void => void stream.destroy(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
      stream.once('response', (head) => {
        const { ':status': statusCode = 0, ...rest } = head;
        const close = (): void => stream.close(constants.NGHTTP2_CANCEL);
        resolve({ statusCode, headers: rest, body: bodyOf(stream), close });
      });
      stream.on('error', reject);
      stream.once('close', () => {
        signal.removeEventListener('abort', abort);
        reject(new Error('the HTTP/2 stream was closed without an answer'));
      });
    });
  }

  /** Takes no new streams, and closes when the last one has ended. */
  retire(): void {
    this.isLeaving = true;
    if (this.streams === 0) this.destroy();
  }

  destroy(): void {
    this.isLeaving = true;
    this.stopTimer();
    this.session.destroy();
  }

  private follow(stream: ClientHttp2Stream): void {
    this.streams += 1;
    if (this.streams === 1) this.schedulePing();
    stream.once('close', () => {
      this.streams -= 1;
      if (this.streams > 0) return;
      if (this.isLeaving) this.destroy();
      else this.watchIdle();
    });
  }

  private watchIdle(): void {
    this.stopTimer();
    this.stopTimer = this.clock.after(this.idleMs, () => this.session.close());
  }

  private schedulePing(): void {
    this.stopTimer();
    this.stopTimer = this.clock.after(PING.everyMs, () => {
      const answered = (): void => (this.streams > 0 && !this.session.destroyed ? this.schedulePing() : undefined);
      this.stopTimer = this.clock.after(PING.answerMs, () =>
        this.session.destroy(new Error(`no answer to an HTTP/2 ping within ${PING.answerMs} ms`)),
      );
      if (!this.session.destroyed) this.session.ping((error) => (error === null ? answered() : undefined));
    });
  }
}

/** The body; a stream that was cut off ends with an error, where node:http2 by itself would just end it. */
async function* bodyOf(stream: ClientHttp2Stream): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of stream) yield chunk as Buffer;
  const code = stream.rstCode ?? constants.NGHTTP2_NO_ERROR;
  if (code !== constants.NGHTTP2_NO_ERROR) throw new Error(`the HTTP/2 stream was cut off (code ${code})`);
}
