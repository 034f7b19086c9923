import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { Clock } from '../../kernel';
import { Http2Session, type StreamRequest } from './http2-session';
import type { StreamAnswer } from './stream-answer';
import { TCP_KEEP_ALIVE_MS } from './tcp-keep-alive';

/** What of node:tls a connection to an API server uses. */
export interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
  readonly minVersion?: 'TLSv1.2';
}

/** What watches run over. */
export interface WatchConnectionsOptions {
  /** Used where HTTP/2 is not offered: one connection a watch. */
  readonly http1: Dispatcher;
  readonly origin: URL;
  /** TLS for HTTP/2; undefined where it must not be tried (plain HTTP, a proxy). */
  readonly tls: TlsSettings | undefined;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  readonly idleMs: number;
}

/**
 * The connections of one cluster's watches. Where the server offers HTTP/2 (asked once, by ALPN) all watches share
 * one connection, as long as it takes streams; elsewhere each has its own. node:http2 and not undici's allowH2, which
 * cuts every stream at a GOAWAY (docs/decisions/kube-client.md).
 */
export class WatchConnections {
  private readonly sessions = new Set<Http2Session>();
  private connecting: Promise<void> | undefined;
  /** The socket whose handshake is under way. */
  private opening: TLSSocket | undefined;
  private offersHttp2: boolean;
  private isClosed = false;

  constructor(private readonly options: WatchConnectionsOptions) {
    this.offersHttp2 = options.tls !== undefined;
  }

  async request(request: StreamRequest): Promise<StreamAnswer> {
    while (this.offersHttp2) {
      // Found and used without a pause between, or others would take its last stream.
      for (const session of this.sessions) if (session.isOpen) return session.request(request);
      await unlessAborted(this.connectOnce(), request.signal);
    }
    return this.requestHttp1(request);
  }

  /** Ends every watch. */
  async destroy(): Promise<void> {
    this.isClosed = true;
    this.opening?.destroy(new Error('the client was closed'));
    for (const session of this.sessions) session.destroy();
    await this.options.http1.destroy();
  }

  /** Lets the watches end by themselves; new ones belong on other connections. */
  async retire(): Promise<void> {
    for (const session of this.sessions) session.retire();
    await this.options.http1.close();
  }

  private async requestHttp1({ path, headers, signal }: StreamRequest): Promise<StreamAnswer> {
    const { http1, origin } = this.options;
    const answer = await http1.request({ origin: origin.origin, path, method: 'GET', headers, signal });
    const close = (): void => void answer.body.destroy();
    return { statusCode: answer.statusCode, headers: answer.headers, body: answer.body, close };
  }

  /** Callers at the same moment share one handshake. */
  private connectOnce(): Promise<void> {
    this.connecting ??= this.connect().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  private async connect(): Promise<void> {
    const { origin, clock, idleMs } = this.options;
    const socket = await this.openSocket();
    if (socket.alpnProtocol !== 'h2') {
      this.offersHttp2 = false;
      socket.destroy();
      return;
    }
    const session: Http2Session = new Http2Session(origin, socket, clock, idleMs, () => this.sessions.delete(session));
    this.sessions.add(session);
    if (this.isClosed) session.destroy();
    await session.ready();
    socket.setTimeout(0);
  }

  private openSocket(): Promise<TLSSocket> {
    const { origin, tls, connectTimeoutMs } = this.options;
    const host = origin.hostname.replace(/^\[|\]$/g, '');
    const servername = tls?.servername ?? (isIP(host) === 0 ? host : '');
    const port = origin.port === '' ? 443 : Number(origin.port);
    const socket = (this.opening = connect({ ...tls, host, port, servername, ALPNProtocols: ['h2', 'http/1.1'] }));
    socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS).setNoDelay(true);
    socket.setTimeout(connectTimeoutMs, () => socket.destroy(new Error(`no connection within ${connectTimeoutMs} ms`)));
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        socket.off('error', reject);
        this.opening = undefined;
        resolve(socket);
      });
    });
  }
}

/** What a promise gives, or the signal's reason when that comes first; what the promise stands for goes on for others. */
function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
