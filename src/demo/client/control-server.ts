import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Clock, toFlotillaError } from '../../kernel';
import { type LoadClient, type LoadKind, loadKinds } from './load-client';
import { SteadyTraffic } from './steady-traffic';

const BODY_LIMIT_BYTES = 64 * 1024;

const loadOrder = z.object({
  kind: z.enum(loadKinds),
  requests: z.int().min(1),
  concurrency: z.int().min(1).max(1_000),
  durationMs: z.int().min(1).optional(),
  caPem: z.string().optional(),
  /** Asks by gRPC for the global name. */
  byName: z.boolean().default(false),
});
const trafficOrder = z.object({
  kinds: z.array(z.enum(loadKinds)),
  perSecond: z.int().min(1).max(1_000),
  caPem: z.string().optional(),
});

/** Asks the client for one run of requests; the answer is a LoadResult. */
export type LoadOrder = z.input<typeof loadOrder>;
/** Replaces the steady traffic. */
export type TrafficOrder = z.input<typeof trafficOrder>;

/**
 * By which a demo client is told what to send, over HTTP on its own loopback address: `POST /load` runs and answers with
 * the counts, `POST /traffic` sets the steady trickle, `GET /traffic` tells what came back in the last 30 s.
 */
export class ControlServer {
  private readonly server: Server;
  private readonly traffic = new Map<LoadKind, SteadyTraffic>();

  private constructor(
    private readonly client: LoadClient,
    private readonly clock: Clock,
  ) {
    this.server = createServer((request, response) => void this.answer(request, response));
    // A run takes as long as it takes.
    this.server.requestTimeout = 0;
  }

  static async listen(client: LoadClient, address: string, port: number, clock: Clock): Promise<ControlServer> {
    const control = new ControlServer(client, clock);
    await new Promise<void>((resolve, reject) => {
      control.server.once('error', reject);
      control.server.listen(port, address, () => resolve());
    });
    return control;
  }

  async close(): Promise<void> {
    this.setTraffic({ kinds: [], perSecond: 1 });
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    await this.client.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await this.handle(`${request.method} ${request.url}`, await readJson(request));
      respond(response, body === undefined ? 404 : 200, body ?? { message: 'there is only /load and /traffic' });
    } catch (cause) {
      const message = cause instanceof z.ZodError ? z.prettifyError(cause) : toFlotillaError(cause).message;
      respond(response, 400, { message });
    }
  }

  private async handle(route: string, body: unknown): Promise<unknown> {
    switch (route) {
      case 'POST /load': {
        const { kind, requests, concurrency, durationMs, caPem, byName } = loadOrder.parse(body);
        const shape = { requests, concurrency, ...(durationMs === undefined ? {} : { durationMs }) };
        return byName ? this.client.runByName(shape) : this.client.run(kind, shape, caPem);
      }
      case 'POST /traffic':
        return this.setTraffic(trafficOrder.parse(body));
      case 'GET /traffic':
        return Object.fromEntries([...this.traffic].map(([kind, traffic]) => [kind, traffic.recent()]));
      default:
        return undefined;
    }
  }

  private setTraffic({ kinds, perSecond, caPem }: z.output<typeof trafficOrder>): object {
    for (const traffic of this.traffic.values()) traffic.stop();
    this.traffic.clear();
    for (const kind of kinds) {
      const traffic = new SteadyTraffic(this.client.askBy(kind, caPem), perSecond, this.clock);
      this.traffic.set(kind, traffic);
      traffic.start();
    }
    return { kinds, perSecond };
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > BODY_LIMIT_BYTES) throw new Error(`the body is larger than ${BODY_LIMIT_BYTES} bytes`);
    chunks.push(chunk);
  }
  return sizeBytes === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function respond(response: ServerResponse, statusCode: number, body: unknown): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
