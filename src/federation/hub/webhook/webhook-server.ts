import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { type Clock, FlotillaError, type Logger, type Stop, toFlotillaError } from '../../../kernel';
import { type CurrentLookups, reviewHubWrite } from './review-hub-write';
import { parseReview, reviewAnswer, reviewUid } from './admission-review';
import { followCertificate, makeCertificate, readCertificate } from './webhook-certificate';
import { REVIEW_PATH } from './webhook-configuration';

/** How to serve reviews to an API server elsewhere. */
export interface WebhookServerOptions {
  /** `host:port` to listen on; the API server reaches it under this host. */
  readonly address: string;
  /** Folder with `tls.crt` and `tls.key`, followed as they are renewed; without it the server makes a certificate of its own. */
  readonly certificateFolder?: string;
  readonly lookups: CurrentLookups;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Longest body that is read: an API server's own limit for objects, and room around it. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Serves AdmissionReviews over TLS, with a certificate that it is given or makes. Its owner closes it. */
export class WebhookServer {
  private constructor(
    private readonly server: Server,
    private readonly host: string,
    /** Authority that API servers trust this server by; undefined when the certificate was given. */
    readonly caPem: string | undefined,
    private readonly stopFollowing: Stop,
  ) {}

  /** @throws FlotillaError FLO3101 when the address cannot be listened on, FLO3104 when the certificate cannot be read */
  static async listen(options: WebhookServerOptions): Promise<WebhookServer> {
    const { host, port } = parseAddress(options.address);
    const { certificateFolder: folder, clock } = options;
    const serving = folder === undefined ? await makeCertificate(host, clock.nowMs()) : await readCertificate(folder);
    const { keyPem, chainPem, caPem } = serving;
    const server = createServer({ key: keyPem, cert: chainPem }, (request, response) => {
      void answer(request, response, options);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(cannotListen(options.address, cause.message, cause)));
      server.listen(port, host, resolve);
    });
    const stop = folder === undefined ? () => undefined : followCertificate(server, folder, serving, options);
    return new WebhookServer(server, host, caPem, stop);
  }

  /** `https://host:port` */
  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `https://${isIP(this.host) === 6 ? `[${this.host}]` : this.host}:${port}`;
  }

  close(): Promise<void> {
    this.stopFollowing();
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** A review that cannot be judged is let through: reconciling judges again. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: WebhookServerOptions,
): Promise<void> {
  try {
    if (request.method !== 'POST' || request.url?.split('?')[0] !== REVIEW_PATH)
      return void response.writeHead(404).end();
    const body: unknown = JSON.parse(await readBody(request));
    const call = parseReview(body);
    const outcome =
      call === undefined
        ? { errors: [], warnings: [] }
        : await reviewHubWrite(call.write, options.lookups, options.clock);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(reviewAnswer(reviewUid(body), outcome, call?.write)));
  } catch (cause) {
    options.logger.warn('a review could not be answered', { reason: toFlotillaError(cause).message });
    response.writeHead(400).end();
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new FlotillaError(`cannot read a review: it is longer than ${MAX_BODY_BYTES} bytes`, {
        code: 'FLO3102',
        retry: 'never',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseAddress(address: string): { readonly host: string; readonly port: number } {
  const match = /^\[?([^\]]+)\]?:([0-9]{1,5})$/.exec(address);
  const [, host, port] = match ?? [];
  if (host === undefined || Number(port) > 65_535) throw cannotListen(address, 'it is not host:port');
  return { host, port: Number(port) };
}

function cannotListen(address: string, why: string, cause?: unknown): FlotillaError {
  const hint = 'give an address of this machine under which the API server reaches it, and a free port';
  return new FlotillaError(`cannot serve webhooks on ${address}: ${why}`, {
    code: 'FLO3101',
    retry: 'after-change',
    hint,
    cause,
  });
}
