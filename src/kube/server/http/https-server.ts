import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Logger, toFlotillaError } from '../../../kernel';
import { ApiError } from '../api-error';
import type { ApiResponse, StreamSink } from './api-exchange';

/** What the listener needs to serve TLS. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly key: string;
  readonly certificate: string;
  /** PEM of the authority whose client certificates are believed. */
  readonly clientAuthority: string;
}

/** Bytes that may wait for a slow reader of a watch before the watch is ended. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const KEEP_ALIVE_MS = 120_000;

/** A listening HTTPS server that turns answers of the chain into bytes. Owns its sockets; `close` ends them all. */
export class HttpsServer {
  private readonly stopping = new AbortController();

  private constructor(
    private readonly server: Server,
    private readonly logger: Logger,
  ) {}

  static async listen(
    { host, port, key, certificate, clientAuthority }: ListenOptions,
    answer: (request: IncomingMessage) => Promise<ApiResponse>,
    logger: Logger,
  ): Promise<HttpsServer> {
    const server = createServer({
      key,
      cert: certificate,
      ca: clientAuthority,
      requestCert: true,
      rejectUnauthorized: false,
    });
    // Idle connections of pooled clients live long; header and request time-outs still bound the slow ones.
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    const listener = new HttpsServer(server, logger);
    server.on('request', (request, response) => void listener.respond(answer, request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return listener;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async respond(
    answer: (request: IncomingMessage) => Promise<ApiResponse>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    response.on('error', (cause) => this.logger.debug('connection failed', { reason: cause.message }));
    try {
      send(response, await answer(request), this.stopping.signal, request.method === 'HEAD');
    } catch (cause) {
      this.logger.error('request failed', { path: request.url, reason: toFlotillaError(cause).message });
      response.destroy();
    }
  }
}

function send(response: ServerResponse, answer: ApiResponse, stopping: AbortSignal, head: boolean): void {
  if (answer.kind === 'stream') return stream(response, answer, stopping);
  if (response.destroyed) return;
  const length = answer.body.reduce((sum, { length: bytes }) => sum + bytes, 0);
  for (const warning of answer.warnings ?? [])
    response.appendHeader('warning', `299 - "${warning.replace(/["\\]/g, '\\$&')}"`);
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': length,
    'cache-control': 'no-cache, private',
  });
  if (head) return void response.end();
  response.cork();
  for (const bytes of answer.body) response.write(bytes);
  response.end();
}

function stream(
  response: ServerResponse,
  answer: ApiResponse & { readonly kind: 'stream' },
  stopping: AbortSignal,
): void {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  // The client may have gone while the answer was made; whoever counts streams is told all the same.
  if (response.destroyed) return answer.start(silentSink);
  response.writeHead(200, { ...answer.headers, 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  const sink: StreamSink = {
    signal: AbortSignal.any([gone.signal, stopping]),
    write(bytes) {
      if (response.writableEnded || response.destroyed) return;
      response.write(bytes);
      if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
    },
    end: () => response.end(),
  };
  answer.start(sink);
}

/** Of a client that is gone. */
const silentSink: StreamSink = { signal: AbortSignal.abort(), write: () => undefined, end: () => undefined };

/** The answer that says why a request was refused. Faults that nobody foresaw become 500 without their inner text. */
export function refusalOf(cause: unknown, logger: Logger, path: string): ApiResponse {
  const error = cause instanceof ApiError ? cause : internalError(cause, logger, path);
  const status = error.toStatus();
  const retryAfter = status.details?.retryAfterSeconds;
  return {
    kind: 'bytes',
    status: status.code,
    headers: {
      'content-type': 'application/json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...(status.code === 401 ? { 'www-authenticate': 'Bearer realm="kubernetes"' } : {}),
    },
    body: [Buffer.from(JSON.stringify(status))],
  };
}

function internalError(cause: unknown, logger: Logger, path: string): ApiError {
  const { code, message, stack } = toFlotillaError(cause);
  logger.error('request failed', { path, code, reason: message, stack });
  return new ApiError(
    'InternalError',
    `Internal error occurred: ${message}`,
    { causes: [{ reason: code, message }] },
    cause,
  );
}
