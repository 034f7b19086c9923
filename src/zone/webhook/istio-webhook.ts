import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { FIELD_MANAGER } from '../../federation/api';
import { type Clock, FlotillaError, type Logger, pause, type Stop, toFlotillaError } from '../../kernel';
import type { KubeClient } from '../../kube';
import { istioWebhookConfiguration, REVIEW_PATH, validatingWebhookKind } from './istio-webhook-configuration';
import { reviewIstioObject } from './review-istio-object';

/** A certificate as citadel keeps it, in PEM. */
export interface WebhookCertificate {
  readonly privateKey: string;
  readonly certificateChain: string;
  /** What the API server is to trust. */
  readonly trustBundle: string;
}

/** How the webhook of a zone is served. */
export interface IstioWebhookOptions {
  /** `host:port`; the API server reaches it under this host. */
  readonly address: string;
  readonly mesh: string;
  /** The API server that is told to ask. */
  readonly client: KubeClient;
  /** Undefined until the hub has signed the zone's intermediate; until then nobody is told to ask. */
  readonly certificate: () => WebhookCertificate | undefined;
  readonly onCertificateChange: (listener: () => void) => Stop;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Longest body that is read: an API server's own limit for objects, twice, and room around it. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const RETRY_MS = 5000;

/** The zone's validating webhook for Istio objects, on the port that istiod has for it (15017). Its owner closes it. */
export class IstioWebhook {
  private readonly stopping = new AbortController();
  private readonly stopFollowing: Stop;
  private telling: Promise<void> = Promise.resolve();

  private constructor(
    private readonly server: Server,
    private readonly host: string,
    private readonly options: IstioWebhookOptions,
  ) {
    this.stopFollowing = options.onCertificateChange(() => this.useCertificate());
    this.useCertificate();
  }

  /** @throws FlotillaError FLO5020 when the address cannot be listened on */
  static async listen(options: IstioWebhookOptions): Promise<IstioWebhook> {
    const { address, logger } = options;
    const match = /^\[?([^\]]+)\]?:([0-9]{1,5})$/.exec(address);
    const [, host = '', port = ''] = match ?? [];
    if (match === null || Number(port) > 65_535) throw cannotListen(address, 'it is not host:port');
    const server = createServer({}, (request, response) => void answer(request, response, logger));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(cannotListen(address, cause.message, cause)));
      server.listen(Number(port), host, resolve);
    });
    return new IstioWebhook(server, host, options);
  }

  /** `https://host:port` */
  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `https://${isIP(this.host) === 6 ? `[${this.host}]` : this.host}:${port}`;
  }

  async close(): Promise<void> {
    this.stopFollowing();
    this.stopping.abort();
    this.server.closeAllConnections();
    await Promise.all([this.telling, new Promise<void>((resolve) => this.server.close(() => resolve()))]);
  }

  private useCertificate(): void {
    const certificate = this.options.certificate();
    if (certificate === undefined || this.stopping.signal.aborted) return;
    this.server.setSecureContext({ key: certificate.privateKey, cert: certificate.certificateChain });
    this.telling = this.telling.then(() => this.tell(certificate.trustBundle));
  }

  /** Writes the configuration; tries again until the API server takes it or another certificate has come. */
  private async tell(trustBundle: string): Promise<void> {
    const { client, clock, logger, mesh, certificate } = this.options;
    const { signal } = this.stopping;
    const configuration = istioWebhookConfiguration(mesh, this.url, trustBundle);
    while (!signal.aborted && certificate()?.trustBundle === trustBundle) {
      try {
        await client.apply(validatingWebhookKind, configuration, { fieldManager: FIELD_MANAGER, force: true, signal });
        return;
      } catch (cause) {
        if (signal.aborted) return;
        logger.warn('the webhook configuration could not be written', { reason: toFlotillaError(cause).message });
        await pause(clock, RETRY_MS, signal);
      }
    }
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, logger: Logger): Promise<void> {
  try {
    if (request.method !== 'POST' || request.url?.split('?')[0] !== REVIEW_PATH)
      return void response.writeHead(404).end();
    const review = reviewIstioObject(JSON.parse(await readBody(request)));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(review));
  } catch (cause) {
    logger.warn('a review could not be answered', { reason: toFlotillaError(cause).message });
    response.writeHead(400).end();
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES)
      throw new FlotillaError(`cannot read a review: it is longer than ${MAX_BODY_BYTES} bytes`, {
        code: 'FLO5021',
        retry: 'never',
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function cannotListen(address: string, why: string, cause?: unknown): FlotillaError {
  return new FlotillaError(`cannot serve the webhook for Istio objects on ${address}: ${why}`, {
    code: 'FLO5020',
    retry: 'after-change',
    hint: 'give an address of this machine under which the API server reaches it, and a free port',
    cause,
  });
}
