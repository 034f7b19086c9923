import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import { pause, systemClock } from '../../kernel';
import { crossingsOf, pathOf, type ZoneOfAddress } from '../plan/crossing-path';
import type { ConnectionLedger } from './connection-ledger';
import { HOPS_HEADER, ORIGIN_HEADER, whoamiService, type WhoamiReply, ZONE_HEADER } from './whoami-service';

const GRACE_MS = 200;

/** One replica of the demo application. */
export interface WhoamiPodOptions {
  readonly pod: string;
  readonly zone: string;
  readonly address: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly zoneOf: ZoneOfAddress;
  readonly ledger: ConnectionLedger;
}

/** The servers of one replica: HTTP and gRPC on its own address, each answering who and where it is, and how the request came. */
export class WhoamiPod {
  private constructor(
    readonly options: WhoamiPodOptions,
    private readonly http: HttpServer,
    private readonly grpc: Server,
  ) {}

  /** Starts both servers; rejects, with neither left behind, when one cannot take its port. */
  static async start(options: WhoamiPodOptions): Promise<WhoamiPod> {
    const http = createServer({ keepAliveTimeout: 60_000 }, (request, response) =>
      answerHttp(options, request, response),
    );
    const grpc = new Server();
    grpc.addService(whoamiService, {
      ask: (call: ServerUnaryCall<object, WhoamiReply>, done: sendUnaryData<WhoamiReply>) =>
        done(null, replyTo(options, grpcWitnesses(call))),
    });
    const pod = new WhoamiPod(options, http, grpc);
    try {
      await Promise.all([listenHttp(http, options), listenGrpc(grpc, options)]);
    } catch (cause) {
      await pod.stop();
      throw cause;
    }
    return pod;
  }

  /** Takes no more connections, lets what is under way finish for a moment, and then breaks the rest. */
  async stop(): Promise<void> {
    const finished = Promise.all([
      new Promise<void>((resolve) => this.grpc.tryShutdown(() => resolve())),
      new Promise<void>((resolve) => this.http.close(() => resolve())),
    ]);
    await Promise.race([finished, pause(systemClock, GRACE_MS)]);
    this.grpc.forceShutdown();
    this.http.closeAllConnections();
  }
}

interface Witnesses {
  readonly origin: string | undefined;
  readonly forwardedFor: string | undefined;
  /** `address:port` of the connection's other end. */
  readonly peer: string;
}

function replyTo({ zone, pod, zoneOf, ledger }: WhoamiPodOptions, { peer, ...said }: Witnesses): WhoamiReply {
  const path = pathOf({ ...said, connection: ledger.peersOf(peer), destination: zone }, zoneOf);
  return { zone, pod, path, crossings: crossingsOf(path) };
}

function answerHttp(options: WhoamiPodOptions, request: IncomingMessage, response: ServerResponse): void {
  const { headers, socket } = request;
  const reply = replyTo(options, {
    origin: single(headers[ORIGIN_HEADER]),
    forwardedFor: single(headers['x-forwarded-for']),
    peer: `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`,
  });
  const body = `${JSON.stringify(reply)}\n`;
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    [ZONE_HEADER]: reply.zone,
    [HOPS_HEADER]: String(reply.crossings),
  });
  response.end(body);
}

function grpcWitnesses(call: ServerUnaryCall<object, WhoamiReply>): Witnesses {
  return {
    origin: single(call.metadata.get(ORIGIN_HEADER)[0]),
    forwardedFor: single(call.metadata.get('x-forwarded-for')[0]),
    peer: call.getPeer(),
  };
}

function single(value: string | string[] | Buffer | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function listenHttp(server: HttpServer, { address, httpPort }: WhoamiPodOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(httpPort, address, () => resolve());
  });
}

function listenGrpc(server: Server, { address, grpcPort }: WhoamiPodOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`${address}:${grpcPort}`, ServerCredentials.createInsecure(), (cause) =>
      cause ? reject(cause) : resolve(),
    );
  });
}
