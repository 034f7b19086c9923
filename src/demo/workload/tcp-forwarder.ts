import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Stop } from '../../kernel';
import type { ConnectionLedger } from './connection-ledger';

/** One place that connections can be sent to. */
export interface Backend {
  readonly address: string;
  readonly port: number;
}

/** Where to listen, and where to send connections: asked for every new connection. */
export interface ForwarderOptions {
  readonly address: string;
  readonly port: number;
  readonly backends: () => readonly Backend[];
  readonly ledger: ConnectionLedger;
}

/**
 * A layer-4 load balancer on one address and port: each new connection goes to the next backend, and to the one after
 * it when that refuses. It speaks to backends from its own address, and notes the client's in the ledger.
 */
export class TcpForwarder {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private turn = 0;
  private retired: Promise<void> | undefined;

  private constructor(private readonly options: ForwarderOptions) {
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.accept(socket));
  }

  /** Listens; rejects when the address cannot be taken. */
  static async listen(options: ForwarderOptions): Promise<TcpForwarder> {
    const forwarder = new TcpForwarder(options);
    await new Promise<void>((resolve, reject) => {
      forwarder.server.once('error', reject);
      forwarder.server.listen(options.port, options.address, () => resolve());
    });
    return forwarder;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Stops listening; what is open stays open until one of its ends closes. Resolves when nothing is open any more. */
  retire(): Promise<void> {
    this.retired ??= new Promise<void>((resolve) => this.server.close(() => resolve()));
    return this.retired;
  }

  /** Stops listening and breaks what is open. */
  async close(): Promise<void> {
    const broken = [...this.sockets].map((socket) => {
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.destroy();
      return closed;
    });
    await Promise.all([this.retire(), ...broken]);
  }

  private accept(client: Socket): void {
    this.own(client);
    client.pause();
    const backends = this.options.backends();
    const first = this.turn++;
    const order = backends.map((_, index) => backends[(first + index) % backends.length] as Backend);
    this.connectToFirst(client, order);
  }

  private connectToFirst(client: Socket, [backend, ...others]: readonly Backend[]): void {
    if (backend === undefined || client.destroyed) return void client.destroy();
    const upstream = connect({
      host: backend.address,
      port: backend.port,
      localAddress: this.options.address,
      allowHalfOpen: true,
      noDelay: true,
    });
    this.own(upstream);
    const tryNext = (): void => this.connectToFirst(client, others);
    upstream.once('error', tryNext);
    upstream.once('connect', () => {
      upstream.off('error', tryNext);
      const forget = this.note(client, upstream);
      join(client, upstream, forget);
    });
  }

  private note(client: Socket, upstream: Socket): Stop {
    const local = `${upstream.localAddress ?? ''}:${upstream.localPort ?? 0}`;
    this.options.ledger.open(local, [client.remoteAddress ?? '']);
    return () => this.options.ledger.close(local);
  }

  private own(socket: Socket): void {
    this.sockets.add(socket);
    // An error is always followed by `close`, which is handled; without a listener it would end the process.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.sockets.delete(socket));
  }
}

/** Copies both ways; each side's end is passed on as an end, its break as a break. */
function join(client: Socket, upstream: Socket, onClosed: () => void): void {
  client.pipe(upstream);
  upstream.pipe(client);
  client.once('close', () => upstream.destroy());
  upstream.once('close', () => {
    client.destroy();
    onClosed();
  });
}
