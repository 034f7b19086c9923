import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { canonicalJson, FlotillaError, type Logger, toFlotillaError } from '../kernel';
import { isLoopback, type ListenAddress } from './listen-address';

/** An answer: JSON unless a content type says otherwise. */
export interface DebugAnswer {
  readonly status?: number;
  readonly contentType?: string;
  readonly body: unknown;
}

/** One path of the debug port. */
export interface DebugPage {
  /** Open to other machines too: metrics and readiness. */
  readonly isPublic: boolean;
  answer(query: URLSearchParams): Promise<DebugAnswer> | DebugAnswer;
}

/** The HTTP port for metrics, readiness and looking inside. Configuration is shown to this machine only, and never a key. */
export class DebugServer {
  private readonly server: Server;

  constructor(
    private readonly pages: ReadonlyMap<string, DebugPage>,
    private readonly logger: Logger,
  ) {
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  /** @returns the port. @throws FlotillaError FLO4113 when the address is taken */
  listen({ host, port }: ListenAddress): Promise<number> {
    return new Promise((resolve, reject) => {
      const refuse = (cause: Error): void => reject(cannotListen(host, port, cause));
      this.server.once('error', refuse);
      this.server.listen(port, host, () => {
        this.server.off('error', refuse);
        resolve((this.server.address() as AddressInfo).port);
      });
    });
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status = 200, contentType = 'application/json', body } = await this.answer(request);
    const text = typeof body === 'string' ? body : `${canonicalJson(body, 2)}\n`;
    response.writeHead(status, { 'content-type': contentType }).end(text);
  }

  private async answer(request: IncomingMessage): Promise<DebugAnswer> {
    try {
      const url = new URL(request.url ?? '/', 'http://pilot');
      const page = this.pages.get(url.pathname);
      if (!page) return { status: 404, body: { message: `no page ${url.pathname}`, pages: [...this.pages.keys()] } };
      if (!page.isPublic && !isLoopback(request.socket.remoteAddress ?? '')) {
        return { status: 403, body: { message: 'configuration is shown to this machine only' } };
      }
      return await page.answer(url.searchParams);
    } catch (error) {
      const { code, message } = toFlotillaError(error);
      this.logger.error('debug page failed', { code, reason: message });
      return { status: 500, body: { code, message } };
    }
  }
}

function cannotListen(host: string, port: number, cause: Error): FlotillaError {
  return new FlotillaError(`cannot serve metrics and debug pages on ${host}:${port}: ${cause.message}`, {
    code: 'FLO4113',
    hint: 'choose another port, or stop what holds this one',
    cause,
  });
}
