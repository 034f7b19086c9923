import { type Dispatcher, Pool, ProxyAgent, Socks5ProxyAgent } from 'undici';
import type { Clock } from '../../kernel';
import type { ConnectionOptions } from '../connection/connection-options';
import type { TlsMaterial } from '../connection/credentials';
import { withoutUndefined } from '../connection/without-undefined';
import { TCP_KEEP_ALIVE_MS } from './tcp-keep-alive';
import { type TlsSettings, WatchConnections } from './watch-connections';

/**
 * The connections to one API server: a small pool for requests, and connections of their own for watches, which would
 * otherwise hold the pool for minutes.
 */
export interface Dispatchers {
  readonly requests: Dispatcher;
  readonly watches: WatchConnections;
}

/** Sizes and times of a cluster's connections. */
export interface PoolOptions {
  /** Connections for requests; with HTTP/1.1 also how many are under way at once. */
  readonly connections: number;
  /** An idle connection is closed after this time; below the usual 60 s of load balancers. */
  readonly keepAliveMs: number;
  readonly connectTimeoutMs: number;
  /** Whether watches share an HTTP/2 connection where the server offers it. */
  readonly http2: boolean;
}

export const defaultPoolOptions: PoolOptions = {
  connections: 6,
  keepAliveMs: 50_000,
  connectTimeoutMs: 10_000,
  http2: true,
};

/** Connections for what may not wait, beside those that the request gate fills. */
const RESERVED = 2;

/** Opens nothing yet: connections are made when first needed. */
export function createDispatchers(
  connection: ConnectionOptions,
  tls: TlsMaterial,
  options: PoolOptions,
  clock: Clock,
): Dispatchers {
  const origin = new URL(connection.server);
  const mayUseHttp2 = options.http2 && origin.protocol === 'https:' && connection.proxyUrl === undefined;
  const watches = new WatchConnections({
    http1: createDispatcher(connection, tls, options, undefined),
    origin,
    tls: mayUseHttp2 ? tlsOptions(connection, tls) : undefined,
    connectTimeoutMs: options.connectTimeoutMs,
    clock,
    idleMs: options.keepAliveMs,
  });
  return { requests: createDispatcher(connection, tls, options, options.connections + RESERVED), watches };
}

function createDispatcher(
  connection: ConnectionOptions,
  tls: TlsMaterial,
  options: PoolOptions,
  connections: number | undefined,
): Dispatcher {
  const shared = {
    connections: connections ?? null,
    keepAliveTimeout: options.keepAliveMs,
    keepAliveMaxTimeout: options.keepAliveMs,
    // Our own deadlines bound requests and watches; undici's would end a silent but healthy watch.
    headersTimeout: 0,
    bodyTimeout: 0,
    connectTimeout: options.connectTimeoutMs,
  };
  const connect = {
    ...tlsOptions(connection, tls),
    keepAlive: true,
    keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
    timeout: options.connectTimeoutMs,
  };
  const { proxyUrl, server } = connection;
  if (proxyUrl === undefined) return new Pool(new URL(server).origin, { ...shared, connect });
  if (proxyUrl.startsWith('socks5')) {
    const socksOptions = { ...shared, requestTls: connect }; // requestTls works, though undici's types do not know it
    return new Socks5ProxyAgent(proxyUrl, socksOptions);
  }
  return new ProxyAgent({ uri: proxyUrl, ...shared, requestTls: connect });
}

function tlsOptions(connection: ConnectionOptions, tls: TlsMaterial): TlsSettings {
  return withoutUndefined({
    ca: tls.caPem,
    cert: tls.certificatePem,
    key: tls.keyPem,
    servername: connection.tlsServerName,
    rejectUnauthorized: connection.insecureSkipTlsVerify === true ? false : undefined,
    minVersion: 'TLSv1.2' as const,
  });
}
