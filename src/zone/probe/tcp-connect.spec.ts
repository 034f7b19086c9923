import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { probeByTcp } from './tcp-connect';

describe('probeByTcp', () => {
  it('tells a listener from a closed port, naming both', async () => {
    const server = createServer((socket) => socket.on('error', () => socket.destroy())).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { signal } = new AbortController();
    await expect(probeByTcp({ address: '127.0.0.1', port }, 1000, signal)).resolves.toEqual({ ok: true });
    server.close();
    await once(server, 'close');
    const outcome = await probeByTcp({ address: '127.0.0.1', port }, 1000, signal);
    expect(outcome).toMatchObject({ ok: false, message: expect.stringContaining(`127.0.0.1:${port}`) as string });
  });

  it('ends with its owner', async () => {
    const controller = new AbortController();
    const outcome = probeByTcp({ address: '192.0.2.1', port: 81 }, 60_000, controller.signal);
    controller.abort();
    await expect(outcome).resolves.toMatchObject({ ok: false });
  });
});
