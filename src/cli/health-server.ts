import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { FlotillaError, type Logger, toFlotillaError } from '../kernel';

/** What a process tells about itself over plain HTTP. */
export interface HealthServerOptions {
  /** `host:port`, IPv6 in brackets. */
  readonly address: string;
  readonly registry: Registry;
  /** Why the process cannot do its work yet; undefined when it can. */
  readonly notReady: () => string | undefined;
  readonly logger: Logger;
}

interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** Serves `/livez`, `/readyz` and `/metrics`, nothing that has to be kept from anyone. Its owner closes it. */
export class HealthServer {
  private constructor(
    private readonly server: Server,
    private readonly host: string,
  ) {}

  /** @throws FlotillaError FLO3103 when the address cannot be listened on */
  static async listen(options: HealthServerOptions): Promise<HealthServer> {
    const { host, port } = parseAddress(options.address);
    const server = createServer((request, response) => void answer(request, response, options));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(cannotListen(options.address, cause.message, cause)));
      server.listen(port, host, resolve);
    });
    return new HealthServer(server, host);
  }

  /** `host:port` as it came out when port 0 was asked for. */
  get address(): string {
    const { port } = this.server.address() as AddressInfo;
    return this.host.includes(':') ? `[${this.host}]:${port}` : `${this.host}:${port}`;
  }

  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    return closed;
  }
}

async function answer(
  { url = '/' }: IncomingMessage,
  response: ServerResponse,
  options: HealthServerOptions,
): Promise<void> {
  const { status, contentType, text } = await pageOf(url.split('?')[0] ?? '/', options).catch((cause: unknown) => {
    const { code, message } = toFlotillaError(cause);
    options.logger.error('a health page failed', { code, reason: message });
    return plain(500, message);
  });
  response.writeHead(status, { 'content-type': contentType }).end(text);
}

async function pageOf(path: string, { registry, notReady }: HealthServerOptions): Promise<Page> {
  if (path === '/metrics') return { status: 200, contentType: registry.contentType, text: await registry.metrics() };
  if (path === '/livez') return plain(200, 'ok');
  if (path !== '/readyz') return plain(404, 'there are /livez, /readyz and /metrics');
  const reason = notReady();
  return reason === undefined ? plain(200, 'ok') : plain(503, reason);
}

function plain(status: number, text: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', text: `${text}\n` };
}

function parseAddress(address: string): { readonly host: string; readonly port: number } {
  const [, bracketed, host = bracketed, port] = /^(?:\[([^\]]+)\]|([^:]+)):([0-9]{1,5})$/.exec(address) ?? [];
  if (host === undefined || Number(port) > 65_535) throw cannotListen(address, 'it is not host:port');
  return { host, port: Number(port) };
}

function cannotListen(address: string, why: string, cause?: unknown): FlotillaError {
  return new FlotillaError(`cannot serve health and metrics on ${address}: ${why}`, {
    code: 'FLO3103',
    retry: 'after-change',
    hint: 'give an address of this machine and a free port, for example 127.0.0.1:8081',
    cause,
  });
}
