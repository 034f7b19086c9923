import type { Writable } from 'node:stream';
import type { StreamSink } from './api-exchange';

/** Bytes that may wait for a slow reader of a stream before it is broken off. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** From here on `write` asks for a pause: enough to keep a fast reader busy. */
const PAUSE_BYTES = 1024 * 1024;

/** The sink of one answer. Its owner calls `closed` when the stream is closed, or when the server stops. */
export class ResponseSink implements StreamSink {
  private readonly closeListeners: (() => void)[] = [];
  private isClosed = false;

  constructor(private readonly stream: Writable) {}

  onceClosed(listener: () => void): void {
    if (this.isClosed) listener();
    else this.closeListeners.push(listener);
  }

  onceDrained(listener: () => void): void {
    this.stream.once('drain', listener);
  }

  write(bytes: Buffer): boolean {
    const { stream } = this;
    if (this.isClosed || stream.destroyed || stream.writableEnded) return false;
    stream.write(bytes);
    const waiting = stream.writableLength;
    if (waiting > MAX_WAITING_BYTES) this.breakOff();
    return waiting <= PAUSE_BYTES;
  }

  end(): void {
    if (!this.isClosed && !this.stream.destroyed) this.stream.end();
  }

  breakOff(): void {
    this.stream.destroy();
  }

  /** Tells whoever waits for the end, once. */
  closed(): void {
    this.isClosed = true;
    for (const listener of this.closeListeners.splice(0)) listener();
  }
}
