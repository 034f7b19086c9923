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

/** Where a stream's bytes go. Owned by the server: `signal` aborts when the client is gone or the server stops. */
export interface StreamSink {
  readonly signal: AbortSignal;
  /** Sends bytes. When the client reads too slowly the stream is ended and the rest is dropped. */
  write(bytes: Buffer): void;
  end(): void;
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
