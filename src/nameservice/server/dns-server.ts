import { createSocket, type RemoteInfo, type Socket, type SocketOptions } from 'node:dgram';
import { createServer, type Server, type Socket as Connection } from 'node:net';
import { type Clock, FlotillaError, type Logger } from '../../kernel';
import type { NameTable } from '../answer';
import type { ClientZones } from './client-zones';
import { RateLimit } from './rate-limit';
import { respond, type Responder } from './respond';
import { ResponseCache } from './response-cache';
import { answerFrames, FRAME_LIMIT_BYTES } from './tcp-frames';

/** Where and how a DNS server listens. */
export interface DnsServerOptions {
  readonly host: string;
  /** 0 picks a free port, the same for UDP and TCP. */
  readonly port: number;
  readonly table: () => NameTable;
  readonly clientZones: () => ClientZones;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Questions a second that one address may ask. */
  readonly questionsPerSecond?: number;
  /** Open TCP connections at a time; further ones are closed at once. */
  readonly connectionLimit?: number;
  /** Of these, open at a time from one address. */
  readonly connectionsPerClient?: number;
  /** How long a TCP connection may be silent. */
  readonly idleMs?: number;
}

/** Counts since start, for metrics and tests. */
export interface DnsServerCounts {
  answered: number;
  ignored: number;
  limited: number;
}

const IDLE_CONNECTION_MS = 10_000;
const CONNECTION_LIMIT = 1000;

/** Holds the questions that come while the process is busy; the kernel gives what it allows. */
const RECEIVE_BUFFER_BYTES = 4 << 20;
const CONNECTIONS_PER_CLIENT = 100;
const PORT_TRIES = 20;

/** Authoritative DNS over UDP and TCP on one port. Malformed packets are counted and get no answer. */
export class DnsServer {
  readonly counts: DnsServerCounts = { answered: 0, ignored: 0, limited: 0 };
  private readonly turns = new Map<string, number>();
  private readonly connections = new Map<Connection, string>();
  private readonly responder: Responder;
  private readonly limit: RateLimit;
  private udp: Socket | undefined;
  private tcp: Server | undefined;
  private boundPort = 0;

  constructor(private readonly options: DnsServerOptions) {
    this.limit = new RateLimit(options.questionsPerSecond ?? 10_000, options.clock);
    this.responder = {
      table: options.table,
      clientZones: options.clientZones,
      nextTurn: (key) => this.nextTurn(key),
      cache: new ResponseCache(),
    };
  }

  get port(): number {
    return this.boundPort;
  }

  /** @throws FlotillaError FLO7001 when the address cannot be listened on. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.udp = await bindUdp(this.options.host, this.options.port, (message, from) =>
          this.onDatagram(message, from),
        );
        this.udp.on('error', (cause) => this.options.logger.warn('dns socket failed', { cause: cause.message }));
        this.boundPort = this.udp.address().port;
        this.tcp = await listenTcp(this.options.host, this.boundPort, (connection) => this.onConnection(connection));
        return;
      } catch (cause) {
        this.udp?.close();
        // With port 0, UDP may have got a number that TCP has not free: try another.
        if (this.options.port !== 0 || attempt === PORT_TRIES) throw cannotListen(this.options, cause);
      }
    }
  }

  async stop(): Promise<void> {
    for (const connection of this.connections.keys()) connection.destroy();
    await Promise.all([closed(this.udp), closed(this.tcp)]);
  }

  private onDatagram(message: Buffer, from: RemoteInfo): void {
    const response = this.answer(message, from.address, 'udp');
    if (response) this.udp?.send(response, from.port, from.address);
  }

  /** Silent clients, clients that do not read, and too many connections are ended; nothing of them piles up here. */
  private onConnection(connection: Connection): void {
    const client = connection.remoteAddress ?? '';
    if (!this.admits(client)) return void connection.destroy();
    this.connections.set(connection, client);
    connection.setTimeout(this.options.idleMs ?? IDLE_CONNECTION_MS, () => connection.destroy());
    connection.on('error', (cause) =>
      this.options.logger.debug('dns connection failed', { client, cause: cause.message }),
    );
    connection.on('close', () => this.connections.delete(connection));
    connection.on('drain', () => connection.resume());
    let pending: Buffer = Buffer.alloc(0);
    connection.on('data', (chunk) => {
      const bytes = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const { answers, rest } = answerFrames(bytes, (message) => this.answer(message, client, 'tcp'));
      if (rest === undefined || rest.length > FRAME_LIMIT_BYTES) return void connection.end(Buffer.concat(answers));
      pending = rest;
      if (answers.length > 0 && !connection.write(Buffer.concat(answers))) connection.pause();
    });
  }

  private admits(client: string): boolean {
    const { connectionLimit = CONNECTION_LIMIT, connectionsPerClient = CONNECTIONS_PER_CLIENT } = this.options;
    if (this.connections.size >= connectionLimit) return false;
    let own = 0;
    for (const other of this.connections.values()) if (other === client) own += 1;
    return own < connectionsPerClient;
  }

  private answer(message: Buffer, client: string, transport: 'udp' | 'tcp'): Buffer | undefined {
    if (!this.limit.allows(client)) {
      this.counts.limited += 1;
      return undefined;
    }
    const response = respond(this.responder, message, client, transport);
    this.counts[response ? 'answered' : 'ignored'] += 1;
    return response;
  }

  /** Turns are kept only for names that exist, so that questions for random names cannot fill the memory. */
  private nextTurn(key: string): number {
    const turn = this.turns.get(key) ?? 0;
    const name = key.slice(0, key.indexOf(' '));
    if (this.options.table().names.has(name)) this.turns.set(key, (turn + 1) % Number.MAX_SAFE_INTEGER);
    return turn;
  }
}

function bindUdp(host: string, port: number, onMessage: (message: Buffer, from: RemoteInfo) => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Answers go back to addresses, never to names: there is nothing to look up, and asking anyway costs a tick each.
    const lookup: SocketOptions['lookup'] = (address, _options, callback) =>
      callback(null, address, address.includes(':') ? 6 : 4);
    const socket = createSocket({
      type: host.includes(':') ? 'udp6' : 'udp4',
      lookup,
      recvBufferSize: RECEIVE_BUFFER_BYTES,
    });
    socket.once('error', reject);
    socket.on('message', onMessage);
    socket.bind(port, host, () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}

function listenTcp(host: string, port: number, onConnection: (connection: Connection) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(onConnection);
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

function closed(endpoint: Socket | Server | undefined): Promise<void> {
  return new Promise((resolve) => (endpoint ? endpoint.close(() => resolve()) : resolve()));
}

function cannotListen({ host, port }: DnsServerOptions, cause: unknown): FlotillaError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FlotillaError(`listen for DNS on ${host}:${port}: ${reason}`, {
    code: 'FLO7001',
    retry: 'after-change',
    hint: 'choose a free port, or one above 1023 when not root',
    cause,
  });
}
