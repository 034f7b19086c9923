import {
  type Http2SecureServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type IncomingHttpHeaders,
  createSecureServer,
  createServer,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

import { type Clock, FlotillaError, type Logger, type Stop, toFlotillaError } from '../../kernel';
import { GrpcCall } from './grpc-call';
import { GrpcCode, type GrpcStatus } from './grpc-status';

/** Answers one message with one message; a status is a refusal. What it throws becomes INTERNAL. */
export type UnaryHandler = (request: Buffer, call: GrpcCall) => Promise<Uint8Array | GrpcStatus>;

/** Takes over a streaming call; it must `listen` before it returns, and ends the call itself. */
export type StreamHandler = (call: GrpcCall) => void;

/** A method of a service. */
export type GrpcMethod =
  | { readonly kind: 'unary'; readonly handle: UnaryHandler }
  | { readonly kind: 'stream'; readonly handle: StreamHandler };

/** A server certificate and whom to trust, all PEM. */
export interface ServerCertificate {
  readonly certificateChain: string;
  readonly privateKey: string;
  /** Roots that client certificates are verified against; a client may also come without one. */
  readonly trustBundle: string;
}

/** What a server serves and where its bounds lie. */
export interface GrpcServerOptions {
  /** Methods by path, `/package.Service/Method`. */
  readonly methods: ReadonlyMap<string, GrpcMethod>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** With a certificate the server speaks TLS 1.2 or newer, else plaintext. */
  readonly certificate?: ServerCertificate;
  readonly maxMessageBytes?: number;
  /** Calls open at once over all connections; more are refused with RESOURCE_EXHAUSTED. */
  readonly maxCalls?: number;
  readonly maxCallsPerConnection?: number;
  /** How often a silent connection is asked for a sign of life, and how long it may take to give one. */
  readonly keepAliveIntervalMs?: number;
  readonly keepAliveTimeoutMs?: number;
}

const DEFAULTS = {
  maxMessageBytes: 4 * 1024 * 1024,
  maxCalls: 10_000,
  maxCallsPerConnection: 1_000,
  keepAliveIntervalMs: 30_000,
  keepAliveTimeoutMs: 10_000,
};

/**
 * A gRPC server on node:http2. It exists because xDS answers are large and shared: the bytes of a push are written to each
 * stream as they are, under back-pressure, where a general library copies each message once per stream.
 */
export class GrpcServer {
  private readonly options: GrpcServerOptions & typeof DEFAULTS;
  private readonly server: Http2Server | Http2SecureServer;
  private readonly sessions = new Map<ServerHttp2Session, Stop>();
  private readonly calls = new Set<GrpcCall>();

  constructor(options: GrpcServerOptions) {
    this.options = { ...DEFAULTS, ...options };
    const settings = { maxConcurrentStreams: this.options.maxCallsPerConnection };
    this.server = options.certificate
      ? createSecureServer({ settings, ...secureContextOf(options.certificate), ...CLIENT_MAY_SHOW_CERTIFICATE })
      : createServer({ settings });
    this.server.on('session', (session: ServerHttp2Session) => this.adopt(session));
    this.server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => this.open(stream, headers));
  }

  /** Connections open now. */
  get connectionCount(): number {
    return this.sessions.size;
  }

  /** Starts to listen. @returns the port, also when 0 was asked for. @throws FlotillaError FLO4110 when the address is taken */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const refuse = (cause: Error): void => reject(cannotListen(host, port, cause));
      this.server.once('error', refuse);
      this.server.listen(port, host, () => {
        this.server.off('error', refuse);
        this.server.on('error', (error: Error) =>
          this.options.logger.warn('gRPC server error', { error: error.message }),
        );
        resolve((this.server.address() as AddressInfo).port);
      });
    });
  }

  /** Serves new TLS handshakes with another certificate; connections that are open stay. */
  replaceCertificate(certificate: ServerCertificate): void {
    if ('setSecureContext' in this.server) this.server.setSecureContext(secureContextOf(certificate));
  }

  /** Ends every call with UNAVAILABLE, so that clients go elsewhere, then closes every connection. */
  async stop(graceMs = 500): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const call of this.calls) call.end({ code: GrpcCode.Unavailable, message: 'the server is stopping' });
    for (const session of this.sessions.keys()) session.close();
    const stopTimer = this.options.clock.after(graceMs, () => this.destroySessions());
    if (graceMs <= 0) this.destroySessions();
    await closed;
    stopTimer();
    for (const stopKeepAlive of this.sessions.values()) stopKeepAlive();
  }

  private destroySessions(): void {
    for (const session of this.sessions.keys()) session.destroy();
  }

  private adopt(session: ServerHttp2Session): void {
    this.sessions.set(session, this.keepAlive(session));
    session.on('error', (error: Error) => this.options.logger.debug('connection failed', { error: error.message }));
    session.once('close', () => {
      this.sessions.get(session)?.();
      this.sessions.delete(session);
    });
  }

  /** Pings for as long as the connection lives; a connection that does not answer in time is dropped (half-open TCP). */
  private keepAlive(session: ServerHttp2Session): Stop {
    const { clock, keepAliveIntervalMs, keepAliveTimeoutMs } = this.options;
    let stop: Stop;
    const wait = (): void => {
      stop = clock.after(keepAliveIntervalMs, ask);
    };
    const ask = (): void => {
      stop = clock.after(keepAliveTimeoutMs, () => session.destroy());
      const sent =
        !session.destroyed &&
        session.ping((error) => {
          stop();
          if (!error) wait();
        });
      if (!sent) stop();
    };
    wait();
    return () => stop();
  }

  private open(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const call = new GrpcCall(stream, headers, this.options.maxMessageBytes);
    const refusal = this.refusalOf(headers);
    if (refusal) return call.end(refusal);
    this.calls.add(call);
    stream.once('close', () => this.calls.delete(call));
    const method = this.options.methods.get(String(headers[':path']));
    if (method?.kind === 'stream') this.guard(call, () => method.handle(call));
    else if (method) this.serveUnary(call, method.handle);
  }

  private refusalOf(headers: IncomingHttpHeaders): GrpcStatus | undefined {
    const path = String(headers[':path']);
    if (!String(headers['content-type']).startsWith('application/grpc')) {
      return { code: GrpcCode.InvalidArgument, message: 'this port speaks gRPC' };
    }
    if (!this.options.methods.has(path)) return { code: GrpcCode.Unimplemented, message: `no method ${path}` };
    if (this.calls.size < this.options.maxCalls) return undefined;
    return { code: GrpcCode.ResourceExhausted, message: `${this.options.maxCalls} calls are open already` };
  }

  private serveUnary(call: GrpcCall, handle: UnaryHandler): void {
    let answered = false;
    call.listen({
      message: (request) => {
        if (answered) return;
        answered = true;
        void this.answer(call, () => handle(request, call));
      },
      halfClosed: () => {
        if (!answered) call.end({ code: GrpcCode.InvalidArgument, message: 'the request is missing' });
      },
      closed: () => undefined,
    });
  }

  private async answer(call: GrpcCall, handle: () => Promise<Uint8Array | GrpcStatus>): Promise<void> {
    try {
      const result = await handle();
      if (!(result instanceof Uint8Array)) return call.end(result);
      await call.send([result]);
      call.end({ code: GrpcCode.Ok, message: '' });
    } catch (error) {
      this.fail(call, error);
    }
  }

  private guard(call: GrpcCall, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fail(call, error);
    }
  }

  private fail(call: GrpcCall, error: unknown): void {
    const { code, message } = toFlotillaError(error);
    this.options.logger.error('gRPC call failed', { path: String(call.headers[':path']), code, error: message });
    call.end({ code: GrpcCode.Internal, message: `${code}: ${message}` });
  }
}

const CLIENT_MAY_SHOW_CERTIFICATE = { requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' } as const;

function secureContextOf({ certificateChain, privateKey, trustBundle }: ServerCertificate): {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
} {
  return { cert: certificateChain, key: privateKey, ca: trustBundle };
}

function cannotListen(host: string, port: number, cause: Error): FlotillaError {
  return new FlotillaError(`cannot serve gRPC on ${host}:${port}: ${cause.message}`, {
    code: 'FLO4110',
    hint: 'choose another port, or stop what holds this one',
    cause,
  });
}
