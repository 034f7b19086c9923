import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP relay to a local port that can fall silent, as a network does when a router dies: nothing arrives, nothing
 * ends.
 */
export class TcpPipe {
  /** Connections accepted so far. */
  connections = 0;
  private isBlocked = false;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor(port: number) {
    this.server = createServer((from) => {
      this.connections += 1;
      const to = connect(port, '127.0.0.1');
      for (const socket of [from, to]) {
        this.sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => this.sockets.delete(socket));
      }
      if (this.isBlocked) return;
      from.pipe(to).pipe(from);
    });
  }

  static async open(port: number): Promise<TcpPipe> {
    const pipe = new TcpPipe(port);
    await new Promise<void>((resolve) => pipe.server.listen(0, '127.0.0.1', resolve));
    return pipe;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on nothing passes, neither on connections that are there nor on new ones. */
  block(): void {
    this.isBlocked = true;
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  /** Cuts every connection; new ones may come. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
