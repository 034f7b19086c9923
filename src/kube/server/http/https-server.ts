import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { type Logger, toFlotillaError } from '../../../kernel';
import { ApiError } from '../api-error';
import type { ApiResponse } from './api-exchange';
import { ResponseSink } from './response-sink';
import { warningHeaders } from './warning-headers';

/** What the listener needs to serve TLS. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly key: string;
  readonly certificate: string;
  /** PEM of the authority whose client certificates are believed. */
  readonly clientAuthority: string;
}

/** A request of either HTTP version. */
export type HttpRequest = IncomingMessage | Http2ServerRequest;

type HttpResponse = ServerResponse | Http2ServerResponse;

/** A client that is gone without a word is found by probes of the kernel: its watches would count for half an hour. */
const KEEP_ALIVE_MS = 30_000;
/** Streams of one HTTP/2 connection: a client may hold all its watches on one. */
const MAX_STREAMS = 1_000;

/**
 * A listening server, HTTP/2 and HTTP/1.1 over TLS, that turns answers of the chain into bytes.
 * Owns its sockets and streams; `close` ends them all.
 */
export class HttpsServer {
  private readonly sockets = new Set<Socket>();
  private readonly streams = new Set<ResponseSink>();

  private constructor(
    private readonly server: Http2SecureServer,
    private readonly logger: Logger,
  ) {}

  static async listen(
    { host, port, key, certificate, clientAuthority }: ListenOptions,
    answer: (request: HttpRequest) => Promise<ApiResponse>,
    logger: Logger,
  ): Promise<HttpsServer> {
    const server = createSecureServer({
      allowHTTP1: true,
      key,
      cert: certificate,
      ca: clientAuthority,
      requestCert: true,
      rejectUnauthorized: false,
      settings: { maxConcurrentStreams: MAX_STREAMS },
    });
    const listener = new HttpsServer(server, logger);
    // Before the handshake, so that one which never ends is closed too.
    server.on('connection', (socket: Socket) => listener.keep(socket));
    server.on('tlsClientError', (cause: Error) => logger.debug('handshake failed', { reason: cause.message }));
    server.on('sessionError', (cause: Error) => logger.debug('connection failed', { reason: cause.message }));
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
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const stream of this.streams) stream.closed();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('error', (cause) => this.logger.debug('connection failed', { reason: cause.message }));
    socket.once('close', () => this.sockets.delete(socket));
  }

  private async respond(
    answer: (request: HttpRequest) => Promise<ApiResponse>,
    request: HttpRequest,
    response: HttpResponse,
  ): Promise<void> {
    const onError = (cause: Error): void => this.logger.debug('connection failed', { reason: cause.message });
    response.on('error', onError);
    try {
      const answered = await answer(request);
      if (answered.kind === 'stream') this.stream(response, answered);
      else send(response, answered, request.method === 'HEAD');
    } catch (cause) {
      this.logger.error('request failed', { path: request.url, reason: toFlotillaError(cause).message });
      breakOff(response);
    }
  }

  private stream(response: HttpResponse, { headers, start }: ApiResponse & { readonly kind: 'stream' }): void {
    const sink = new ResponseSink(streamOf(response));
    const end = (): void => {
      this.streams.delete(sink);
      sink.closed();
    };
    this.streams.add(sink);
    response.on('close', end);
    // The client may have gone while the answer was made; whoever counts streams is told all the same.
    if (isGone(response)) end();
    else writeHead(response, 200, { ...headers, 'cache-control': 'no-cache, private' });
    if (!isGone(response)) flushHeaders(response);
    start(sink);
  }
}

function send(response: HttpResponse, answer: ApiResponse & { readonly kind: 'bytes' }, head: boolean): void {
  if (isGone(response)) return;
  const [only, ...more] = answer.body;
  const body = only !== undefined && more.length === 0 ? only : Buffer.concat(answer.body);
  const warnings = warningHeaders(answer.warnings ?? []);
  writeHead(response, answer.status, {
    ...answer.headers,
    ...(warnings.length === 0 ? {} : { warning: warnings }),
    'content-length': body.length,
    'cache-control': 'no-cache, private',
  });
  if (head) response.end();
  else response.end(body);
}

// The two versions' responses share these methods, but not one type that TypeScript could call them by.

function writeHead(
  response: HttpResponse,
  status: number,
  headers: Readonly<Record<string, string | number | string[]>>,
): void {
  if (response instanceof ServerResponse) response.writeHead(status, headers);
  else response.writeHead(status, headers);
}

/** Both have it; the types of HTTP/2 leave it out. */
function flushHeaders(response: HttpResponse & { flushHeaders?: () => void }): void {
  response.flushHeaders?.();
}

function breakOff(response: HttpResponse): void {
  streamOf(response).destroy();
}

function isGone(response: HttpResponse): boolean {
  return streamOf(response).destroyed;
}

/** What takes the bytes of an answer. Of HTTP/2 the stream itself: the response around it only costs. */
function streamOf(response: HttpResponse): Writable {
  return response instanceof ServerResponse ? response : response.stream;
}

/** The connection of a request; HTTP/2 streams share theirs. */
export function tlsSocketOf(request: HttpRequest): TLSSocket {
  const socket = request instanceof IncomingMessage ? request.socket : request.stream.session?.socket;
  return socket as TLSSocket;
}

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
