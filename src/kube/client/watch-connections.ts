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
  private connecting: Promise<Http2Session | undefined> | undefined;
  private offersHttp2: boolean;
  private isClosed = false;

  constructor(private readonly options: WatchConnectionsOptions) {
    this.offersHttp2 = options.tls !== undefined;
  }

  async request(request: StreamRequest): Promise<StreamAnswer> {
    const session = this.offersHttp2 ? await this.session() : undefined;
    request.signal.throwIfAborted();
    if (session !== undefined) return session.request(request);
    const { path, headers, signal } = request;
    const { http1, origin } = this.options;
    const answer = await http1.request({ origin: origin.origin, path, method: 'GET', headers, signal });
    const close = (): void => void answer.body.destroy();
    return { statusCode: answer.statusCode, headers: answer.headers, body: answer.body, close };
  }

  /** Ends every watch. */
  async destroy(): Promise<void> {
    this.isClosed = true;
    for (const session of this.sessions) session.destroy();
    await this.options.http1.destroy();
  }

  /** Lets the watches end by themselves; new ones belong on other connections. */
  async retire(): Promise<void> {
    for (const session of this.sessions) session.retire();
    await this.options.http1.close();
  }

  /** An open session; callers at the same moment share one handshake. undefined: HTTP/2 is not offered. */
  private async session(): Promise<Http2Session | undefined> {
    for (const session of this.sessions) if (session.isOpen) return session;
    this.connecting ??= this.connect().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  private async connect(): Promise<Http2Session | undefined> {
    const { origin, clock, idleMs } = this.options;
    const socket = await this.openSocket();
    if (socket.alpnProtocol !== 'h2') {
      this.offersHttp2 = false;
      socket.destroy();
      return undefined;
    }
    const session: Http2Session = new Http2Session(origin, socket, clock, idleMs, () => this.sessions.delete(session));
    if (this.isClosed) session.destroy();
    else this.sessions.add(session);
    return session;
  }

  private openSocket(): Promise<TLSSocket> {
    const { origin, tls, connectTimeoutMs } = this.options;
    const host = origin.hostname.replace(/^\[|\]$/g, '');
    const servername = tls?.servername ?? (isIP(host) === 0 ? host : '');
    const port = origin.port === '' ? 443 : Number(origin.port);
    const socket = connect({ ...tls, host, port, servername, ALPNProtocols: ['h2', 'http/1.1'] });
    socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS).setNoDelay(true);
    socket.setTimeout(connectTimeoutMs, () => socket.destroy(new Error(`no TLS within ${connectTimeoutMs} ms`)));
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        socket.setTimeout(0);
        socket.off('error', reject);
        resolve(socket);
      });
    });
  }
}
