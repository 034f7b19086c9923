import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import { createRoot } from '../../citadel';
import { probeByProtocol } from './probe-by-protocol';
import type { ProbeTarget } from './probe-target';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

async function listening(server: ReturnType<typeof createServer>): Promise<Pick<ProbeTarget, 'address' | 'port'>> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => void server.close());
  return { address: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

function probe(target: ProbeTarget, timeoutMs = 5000) {
  return probeByProtocol(target, timeoutMs, new AbortController().signal);
}

describe('HTTP', () => {
  it.each([
    [200, true],
    [302, true],
    [404, false],
    [503, false],
  ])('status %d is alive: %s', async (statusCode, ok) => {
    const asked: string[] = [];
    const at = await listening(
      createHttpServer((request, response) => {
        asked.push(`${request.method} ${request.headers.host} ${request.url}`);
        response.writeHead(statusCode).end('x');
      }),
    );
    const outcome = await probe({ ...at, protocol: 'HTTP', path: '/healthz', serverName: 'pay.example' });
    expect(outcome.ok).toBe(ok);
    expect(asked).toEqual(['GET pay.example /healthz']);
    if (!outcome.ok) expect(outcome.message).toBe(`GET http://127.0.0.1:${at.port}/healthz answered ${statusCode}`);
  });

  it('ends a server that takes the question and never answers', async () => {
    const at = await listening(createHttpServer(() => undefined));
    const outcome = await probe({ ...at, protocol: 'HTTP' }, 50);
    expect(outcome).toEqual({ ok: false, message: `GET http://127.0.0.1:${at.port}/: no answer in 50 ms` });
  });

  it('is no HTTP what does not speak it', async () => {
    const at = await listening(createServer((socket) => socket.end('SSH-2.0\r\n')));
    expect((await probe({ ...at, protocol: 'HTTP' })).ok).toBe(false);
  });
});

it('HTTPS asks by the name, and does not mind who signed the certificate', async () => {
  const root = await createRoot({
    ...{ trustDomain: 'test.example', algorithm: 'EcdsaP256', lifetimeDays: 1, nowMs: Date.now() },
  });
  const names: unknown[] = [];
  const server = createHttpsServer({ key: root.keyPem, cert: root.certificatePem }, (_request, response) =>
    response.end(),
  );
  server.on('secureConnection', (socket) => names.push(socket.servername));
  const at = await listening(server);
  expect(await probe({ ...at, protocol: 'HTTPS', serverName: 'pay.example' })).toEqual({ ok: true });
  expect(names).toEqual(['pay.example']);
});

describe('gRPC', () => {
  async function healthServer(statuses: Record<string, number>): Promise<ProbeTarget> {
    const server = new GrpcServer();
    const method = {
      ...{ path: '/grpc.health.v1.Health/Check', requestStream: false, responseStream: false },
      requestSerialize: (bytes: Buffer) => bytes,
      requestDeserialize: (bytes: Buffer) => bytes,
      responseSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
    };
    server.addService(
      { check: method },
      {
        check: ({ request }: { request: Buffer }, answer: (error: null, bytes: Buffer) => void) =>
          answer(null, Buffer.from([0x08, statuses[request.subarray(2).toString()] ?? 3])),
      },
    );
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    closing.push(() => server.forceShutdown());
    return { address: '127.0.0.1', port, protocol: 'GRPC' };
  }

  it('believes SERVING only, of the server or of one service', async () => {
    const target = await healthServer({ '': 1, 'shop.Checkout': 2 });
    expect(await probe(target)).toEqual({ ok: true });
    const where = `127.0.0.1:${target.port}`;
    expect(await probe({ ...target, path: '/shop.Checkout' })).toEqual({
      ...{ ok: false, message: `gRPC health of ${where} is NOT_SERVING` },
    });
    expect(await probe({ ...target, path: '/nobody' })).toMatchObject({ ok: false });
  });

  it('tells why nobody answered', async () => {
    const target = { ...(await listening(createServer((socket) => socket.destroy()))), protocol: 'GRPC' as const };
    expect(await probe(target, 500)).toMatchObject({
      ok: false,
      message: expect.stringContaining('gRPC health of') as string,
    });
  });
});
