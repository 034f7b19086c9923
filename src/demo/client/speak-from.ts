import net from 'node:net';

/**
 * From now on every TCP connection of this process that names no source address speaks from this one. gRPC clients offer
 * no way to choose it, and without it every client on a machine would look alike; with it an address tells the zone.
 */
export function speakFrom(address: string): void {
  const connect = net.connect;
  const bound = (...args: unknown[]): net.Socket => {
    const [options, ...others] = args;
    const isTcp = typeof options === 'object' && options !== null && 'port' in options && !('localAddress' in options);
    const from = isTcp ? { ...options, localAddress: address } : options;
    return Reflect.apply(connect, net, [from, ...others]) as net.Socket;
  };
  net.connect = bound;
}
