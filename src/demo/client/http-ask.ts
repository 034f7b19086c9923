import { Pool } from 'undici';
import { HOPS_HEADER, ORIGIN_HEADER, ZONE_HEADER } from '../workload/whoami-service';
import type { Ask } from './run-load';

const TIMEOUT_MS = 10_000;

/** Where and how to ask over HTTP. */
export interface HttpAskOptions {
  /** `http://127.11.4.1:18081`: the gateway. */
  readonly origin: string;
  /** Host header, and over TLS the name in the certificate. */
  readonly host: string;
  readonly fromZone: string;
  readonly fromAddress: string;
  readonly connections: number;
  /** The only root that is trusted over TLS. */
  readonly caPem?: string;
}

/** Asks over HTTP/1.1 with kept-alive connections. */
export interface HttpAsker {
  readonly ask: Ask;
  close(): Promise<void>;
}

/** Over HTTPS the server's certificate must chain to `caPem` and name `host`; anything else is an error. */
export function createHttpAsker(options: HttpAskOptions): HttpAsker {
  const { origin, host, caPem, fromAddress, fromZone, connections } = options;
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    localAddress: fromAddress,
    connect: {
      servername: host,
      rejectUnauthorized: true,
      timeout: TIMEOUT_MS,
      ...(caPem === undefined ? {} : { ca: caPem }),
    },
  });
  const ask: Ask = async () => {
    const headers = { host, [ORIGIN_HEADER]: fromZone };
    const answer = await pool.request({ path: '/', method: 'GET', headers });
    await answer.body.dump();
    const zone = answer.headers[ZONE_HEADER];
    if (answer.statusCode !== 200 || typeof zone !== 'string') throw new Error(`HTTP status ${answer.statusCode}`);
    return { zone, crossings: Number(answer.headers[HOPS_HEADER]) };
  };
  return { ask, close: () => pool.destroy() };
}
