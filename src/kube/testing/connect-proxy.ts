import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** An HTTP proxy that tunnels (CONNECT) and remembers where to. */
export class ConnectProxy {
  readonly targets: string[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer();

  static async open(): Promise<ConnectProxy> {
    const proxy = new ConnectProxy();
    proxy.server.on('connect', (request, from: Socket) => proxy.tunnel(request.url ?? '', from));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private tunnel(target: string, from: Socket): void {
    this.targets.push(target);
    const [host = '', port = ''] = target.split(':');
    const to = connect(Number(port), host, () => {
      from.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      from.pipe(to).pipe(from);
    });
    for (const socket of [from, to]) {
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.sockets.delete(socket));
    }
  }
}
