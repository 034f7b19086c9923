import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const ADDRESS_IPV4 = 1;
const ADDRESS_NAME = 3;

/** A SOCKS5 proxy (RFC 1928) without authentication that remembers where it was asked to connect. */
export class SocksProxy {
  readonly targets: string[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((from) => {
      this.keep(from);
      from.once('data', () => {
        from.write(Buffer.from([5, 0]));
        from.once('data', (request: Buffer) => this.tunnel(request, from));
      });
    });
  }

  static async open(): Promise<SocksProxy> {
    const proxy = new SocksProxy();
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `socks5://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private tunnel(request: Buffer, from: Socket): void {
    const host = hostOf(request);
    const port = request.readUInt16BE(request.length - 2);
    this.targets.push(`${host}:${port}`);
    const to = connect(port, host, () => {
      from.write(Buffer.from([5, 0, 0, ADDRESS_IPV4, 0, 0, 0, 0, 0, 0]));
      from.pipe(to).pipe(from);
    });
    this.keep(to);
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
  }
}

function hostOf(request: Buffer): string {
  const type = request[3];
  if (type === ADDRESS_IPV4) return [...request.subarray(4, 8)].join('.');
  if (type === ADDRESS_NAME) return request.subarray(5, 5 + (request[4] ?? 0)).toString();
  throw new RangeError(`address type ${type}`);
}
