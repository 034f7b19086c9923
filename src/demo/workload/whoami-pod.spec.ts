import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { get } from 'node:http';
import { connect } from 'node:net';
import { createGrpcAsker } from '../client/grpc-ask';
import { createHttpAsker } from '../client/http-ask';
import { parseZoneName } from '../../kernel';
import { zoneLookup } from '../plan/crossing-path';
import { ConnectionLedger } from './connection-ledger';
import { TcpForwarder } from './tcp-forwarder';
import { WhoamiPod } from './whoami-pod';

const EAST = parseZoneName('east/east-1');
const WEST = parseZoneName('west/west-1');
const zoneOf = zoneLookup([
  { prefix: '127.241', name: EAST },
  { prefix: '127.242', name: WEST },
]);

describe('the demo application behind a load balancer', () => {
  const ledger = new ConnectionLedger();
  const pods: WhoamiPod[] = [];
  let forwarder: TcpForwarder;
  let ready: { address: string; port: number }[];

  beforeAll(async () => {
    setLogVerbosity(logVerbosity.NONE);
    for (const last of [1, 2, 3]) {
      const address = `127.242.0.${last}`;
      pods.push(
        await WhoamiPod.start({
          pod: `web-${last}`,
          zone: WEST,
          address,
          httpPort: 8080,
          grpcPort: 9090,
          zoneOf,
          ledger,
        }),
      );
    }
    ready = pods.map(({ options }) => ({ address: options.address, port: options.httpPort }));
    forwarder = await TcpForwarder.listen({ address: '127.242.1.1', port: 8080, backends: () => ready, ledger });
  });
  afterAll(async () => {
    await forwarder.close();
    await Promise.all(pods.map((pod) => pod.stop()));
    expect(ledger.size).toBe(0);
  });

  const asker = (origin: string, fromZone: string, fromAddress: string) =>
    createHttpAsker({ origin, host: 'web.example.com', fromZone, fromAddress, connections: 1 });

  it('counts no crossing within a zone, by HTTP and by gRPC', async () => {
    const http = asker('http://127.242.0.1:8080', WEST, '127.242.3.1');
    expect(await http.ask()).toEqual({ zone: WEST, crossings: 0 });
    await http.close();
    const grpc = createGrpcAsker('127.242.0.2:9090', WEST);
    expect(await grpc.ask()).toEqual({ zone: WEST, pod: 'web-2', crossings: 0, path: [WEST] });
    grpc.close();
  });

  it('counts the crossing of a request that comes over the address of the zone, by the client connection, not by its word', async () => {
    const liar = asker('http://127.242.1.1:8080', WEST, '127.241.3.1');
    expect(await liar.ask()).toEqual({ zone: WEST, crossings: 2 });
    await liar.close();
    const honest = asker('http://127.242.1.1:8080', EAST, '127.241.3.1');
    expect(await honest.ask()).toEqual({ zone: WEST, crossings: 1 });
    await honest.close();
  });

  it('gives connections to one backend after another', async () => {
    const podOf = () =>
      new Promise<string>((resolve, reject) => {
        get({ host: '127.242.1.1', port: 8080, agent: false }, (response) => {
          response.once('data', (body: Buffer) => resolve((JSON.parse(body.toString()) as { pod: string }).pod));
        }).once('error', reject);
      });
    const seen = [await podOf(), await podOf(), await podOf()].sort();
    expect(seen).toEqual(['web-1', 'web-2', 'web-3']);
  });

  it('passes by a backend that refuses, and breaks the connection when none is left', async () => {
    const all = ready;
    ready = [{ address: '127.242.0.9', port: 8080 }, { address: '127.242.0.8', port: 8080 }, all[0]!];
    for (let request = 0; request < 3; request += 1) {
      const client = asker('http://127.242.1.1:8080', WEST, '127.242.3.1');
      expect((await client.ask()).zone).toBe(WEST);
      await client.close();
    }
    ready = [];
    const closed = await new Promise((resolve) => {
      const socket = connect({ host: '127.242.1.1', port: 8080 }, () => socket.write('hello'));
      socket.once('close', () => resolve('closed')).on('error', () => undefined);
    });
    expect(closed).toBe('closed');
    ready = all;
  });

  it('leaves nothing listening when one of its ports is taken', async () => {
    const options = { ...pods[0]!.options, httpPort: 8081 };
    await expect(WhoamiPod.start(options)).rejects.toThrow(/9090|EADDRINUSE|bind/);
    const free = await WhoamiPod.start({ ...options, grpcPort: 9091 });
    await free.stop();
  });
});
