import type { IncomingHttpHeaders } from 'node:http';
import type { UserInfo } from '../registry/write-request';
import type { RequestInfo } from '../request/request-info';

/** A request as the handlers see it, after authentication. */
export interface ApiRequest {
  readonly method: string;
  readonly info: RequestInfo;
  readonly headers: IncomingHttpHeaders;
  readonly user: UserInfo;
  /** Reads the body once. @throws ApiError 413 when it is too long */
  readonly readBody: () => Promise<Buffer>;
}

/** Where a stream's bytes go. Owned by the server. Thousands may be open, and one write goes to all: it holds little and does little. */
export interface StreamSink {
  /** Calls once when the client is gone or the server stops; at once when that has been. */
  onceClosed(listener: () => void): void;
  /**
   * Sends bytes. False when so much waits for the client that whoever can should go on only when it has drained; one that
   * lets too much wait is broken off. False, too, when the stream is over.
   */
  write(bytes: Buffer): boolean;
  /** Calls once when what waited has gone out. Never when the stream is closed before. */
  onceDrained(listener: () => void): void;
  /** Ends the stream when what waits has gone out. */
  end(): void;
  /** Ends the stream at once; what waits is dropped. */
  breakOff(): void;
}

/** An answer: bytes that are ready, or a stream that begins when it is started. */
export type ApiResponse =
  | {
      readonly kind: 'bytes';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: readonly Buffer[];
      /** Texts of `Warning` headers. */
      readonly warnings?: readonly string[];
    }
  | {
      readonly kind: 'stream';
      readonly headers: Readonly<Record<string, string>>;
      readonly start: (sink: StreamSink) => void;
    };

/** Answers one kind of request. @throws ApiError for every refusal */
export type Handler = (request: ApiRequest) => Promise<ApiResponse> | ApiResponse;

const JSON_HEADERS = { 'content-type': 'application/json' };

/** A JSON answer. */
export function jsonResponse(status: number, value: unknown, warnings: readonly string[] = []): ApiResponse {
  return { kind: 'bytes', status, headers: JSON_HEADERS, body: [Buffer.from(JSON.stringify(value))], warnings };
}

/** A plain text answer. */
export function textResponse(status: number, text: string): ApiResponse {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { kind: 'bytes', status, headers, body: [Buffer.from(text)] };
}
