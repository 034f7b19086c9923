import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, silentLogger } from '../../kernel';
import { Informer } from '../informer/informer';
import { coreKinds } from '../schema';
import { CertificateAuthority } from '../server/authentication/certificate-authority';
import { ConnectProxy } from '../testing/connect-proxy';
import { eventually } from '../testing/eventually';
import { ScriptedApiServer } from '../testing/scripted-api-server';
import { SocksProxy } from '../testing/socks-proxy';
import { TcpPipe } from '../testing/tcp-pipe';
import type { KubeApiError } from './kube-api-error';
import { KubeClient } from './kube-client';

const { service, secret, configMap, pod, node } = coreKinds;
let directory: string;
let authority: CertificateAuthority;
let server: ScriptedApiServer;
const clock = new ManualClock();
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tls-'));
  authority = await CertificateAuthority.open(join(directory, 'ca'), () => Date.now());
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  expect(clock.pending).toBe(0);
});

afterAll(() => rmSync(directory, { recursive: true }));

async function start({ http2 = false, names = ['127.0.0.1'], maxConcurrentStreams = 100 } = {}): Promise<void> {
  const { certificate: cert, key } = await authority.issue({ commonName: 'apiserver', names });
  const tls = { cert, key, ca: authority.certificate, http2, maxConcurrentStreams };
  server = await ScriptedApiServer.start([service, secret, configMap, pod, node], tls);
  closing.push(() => server.close());
}

function client(fields: object = {}): KubeClient {
  const made = new KubeClient({ ...server.connection, caPem: authority.certificate, ...fields }, { clock });
  closing.push(() => made.close());
  return made;
}

async function failureOf(attempt: Promise<unknown>): Promise<KubeApiError> {
  return attempt.then(
    () => Promise.reject(new Error('it should have failed')),
    (cause: KubeApiError) => cause,
  );
}

describe('TLS', () => {
  it('trusts the given authority only, and says what is wrong otherwise', async () => {
    await start();
    expect(await client().list(service)).toMatchObject({ items: [] });
    const untrusting = await failureOf(client({ caPem: undefined }).list(service));
    expect(untrusting).toMatchObject({ code: 'FLO2000', isUnreachable: true });
    expect(untrusting.message).toMatch(/certificate/);
    expect(await client({ caPem: undefined, insecureSkipTlsVerify: true }).list(service)).toBeDefined();
  });

  it('checks the name in the certificate, or the one it is told', async () => {
    await start({ names: ['api.internal'] });
    expect((await failureOf(client().list(service))).message).toMatch(/does not match|altname/i);
    expect(await client({ tlsServerName: 'api.internal' }).list(service)).toBeDefined();
  });

  it.each([false, true])(
    'shows its client certificate, also one that was rotated (HTTP/2 watches: %s)',
    async (http2) => {
      await start({ http2 });
      const [crt, key] = [join(directory, 'me.crt'), join(directory, 'me.key')];
      const rotate = async (commonName: string): Promise<void> => {
        const pair = await authority.issue({ commonName });
        writeFileSync(crt, pair.certificate);
        writeFileSync(key, pair.key);
      };
      await rotate('first');
      const rotating = client({ clientCertificateFile: crt, clientKeyFile: key });
      await rotating.list(service);
      await rotating.watch(service, { sendInitialEvents: true }).next();
      await rotate('second');
      await clock.advance(61_000);
      await rotating.list(service);
      await rotating.watch(service, { sendInitialEvents: true }).next();
      expect(server.requests.map(({ verb, clientName }) => `${verb} ${clientName}`)).toEqual([
        'list first',
        'watch first',
        'list second',
        'watch second',
      ]);
    },
  );

  it('renews the token when the server refuses it', async () => {
    await start();
    const tokenFile = join(directory, 'token');
    writeFileSync(tokenFile, 'old');
    const rotating = client({ tokenFile });
    await rotating.list(service);
    server.faults = ({ headers }) =>
      headers.authorization === 'Bearer old' ? { kind: 'status', code: 401 } : undefined;
    writeFileSync(tokenFile, 'new');
    await rotating.list(service);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old',
      'Bearer old',
      'Bearer new',
    ]);
    expect(await failureOf(client({ token: 'old' }).list(service))).toMatchObject({ code: 'FLO2001' });
  });
});

describe('a credential plug-in', () => {
  it.each([false, true])(
    'is asked again once, however many requests the server refused (HTTP/2: %s)',
    async (http2) => {
      await start({ http2 });
      const runs = join(directory, `runs-${http2}`);
      const apiVersion = 'client.authentication.k8s.io/v1';
      const script = join(directory, 'plugin.js');
      writeFileSync(
        script,
        `const fs = require('fs'); fs.appendFileSync(process.argv[2], 'x'); const token = 'token-' + fs.readFileSync(process.argv[2], 'utf8').length;
       console.log(JSON.stringify({ apiVersion: '${apiVersion}', kind: 'ExecCredential', status: { token } }));`,
      );
      const on = client({ exec: { apiVersion, command: process.execPath, args: [script, runs] } });
      await on.list(service);
      server.faults = ({ headers }) =>
        headers.authorization === 'Bearer token-1' ? { kind: 'status', code: 401 } : undefined;
      const news = on.watch(service, { sendInitialEvents: true });
      const lists = Array.from({ length: 10 }, () => on.list(service));
      await Promise.all([...lists, news.next()]);
      expect(readFileSync(runs, 'utf8')).toBe('xx');
      server.faults = () => ({ kind: 'status', code: 401 });
      expect(await failureOf(on.list(service))).toMatchObject({ code: 'FLO2001' });
      expect(readFileSync(runs, 'utf8')).toBe('xxx');
    },
  );
});

describe('watches over HTTP/2', () => {
  function informers(on: KubeClient): Informer[] {
    return [service, secret, configMap, pod, node].map((kind) => {
      const made = new Informer({ client: on, kind, clock, random: () => 0.5, logger: silentLogger });
      made.start();
      closing.push(() => made.stop());
      return made;
    });
  }

  function put(name: string): void {
    for (const kind of [service, secret]) {
      server.put(kind, { apiVersion: 'v1', kind: kind.kind, metadata: { name, namespace: 'shop' } });
    }
  }

  const versions = (): string[] =>
    server.requests.filter(({ verb }) => verb === 'watch').map(({ httpVersion }) => httpVersion);

  it.each([
    [true, '2.0', 1],
    [false, '1.1', 6], // one was the question by ALPN
  ])('share one connection where it is offered (%s)', async (http2, version, connections) => {
    await start({ http2 });
    put('a');
    const made = informers(client());
    await Promise.all(made.map((informer) => informer.whenSynced()));
    put('b');
    await eventually(() => made[0]!.size === 2 && made[1]!.size === 2);
    expect(versions()).toEqual([version, version, version, version, version]);
    expect(server.connections).toBe(connections);
    await Promise.all(made.map((informer) => informer.stop()));
    await eventually(() => server.openWatches === 0);
  });

  it('go on after a GOAWAY, and open the next on a new connection', async () => {
    await start({ http2: true });
    const on = client();
    const made = informers(on);
    await Promise.all(made.map((informer) => informer.whenSynced()));
    server.goAway();
    put('a');
    await eventually(() => made[0]!.size === 1);
    expect([server.connections, server.openWatches]).toEqual([1, 5]);
    await on.watch(node, { sendInitialEvents: true }).next();
    expect(server.connections).toBe(2);
    put('b');
    await eventually(() => made[0]!.size === 2);
    expect(made.every(({ state }) => state.kind === 'Live')).toBe(true);
  });

  it('open another connection when the server allows no more streams on the first', async () => {
    await start({ http2: true, maxConcurrentStreams: 2 });
    const made = informers(client());
    await Promise.all(made.map((informer) => informer.whenSynced()));
    expect([server.connections, server.openWatches]).toEqual([3, 5]);
  });

  it('come back after the connection was cut', async () => {
    await start({ http2: true });
    const made = informers(client());
    await Promise.all(made.map((informer) => informer.whenSynced()));
    server.cutConnections();
    await eventually(() => made.every(({ state }) => state.kind === 'Stalled'));
    put('a');
    await eventually(() => made.every(({ state }) => state.kind === 'Live') && made[0]!.size === 1, {
      clock,
      stepMs: 100,
    });
    expect(server.connections).toBe(2);
  });

  it('find a peer that went away without a word by pings', async () => {
    await start({ http2: true });
    const pipe = await TcpPipe.open(server.port);
    closing.push(() => pipe.close());
    const piped = client({ server: `https://127.0.0.1:${pipe.port}` });
    const news = piped.watch(service, { sendInitialEvents: true });
    await news.next();
    pipe.block();
    const next = failureOf(news.next());
    await clock.advance(30_000);
    await clock.advance(15_000);
    expect((await next).message).toMatch(/ping/);
  });

  it('close a connection that is idle', async () => {
    await start({ http2: true });
    for await (const event of client().watch(service, { sendInitialEvents: true }))
      if (event.type === 'BOOKMARK') break;
    await eventually(() => server.openWatches === 0);
    expect(server.openConnections).toBe(1);
    await clock.advance(50_000);
    await eventually(() => server.openConnections === 0);
  });

  it('are given up at once, by one caller or with the client, while a handshake does not end', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => {
      sockets.add(socket.resume());
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const made = new KubeClient({ cluster: 'c', server: `https://127.0.0.1:${port}` }, { clock });
    const stopping = new AbortController();
    const first = failureOf(made.watch(service, { signal: stopping.signal }).next());
    const second = failureOf(made.watch(pod).next());
    await eventually(() => sockets.size === 1);
    stopping.abort();
    expect(await first).toMatchObject({ reason: 'Aborted' });
    await made.close();
    expect(await second).toMatchObject({ reason: 'Closed' });
    await eventually(() => sockets.size === 0);
    await new Promise((resolve) => silent.close(resolve));
  });

  it('report a refusal like any other request', async () => {
    await start({ http2: true });
    server.faults = () => ({ kind: 'status', code: 403, reason: 'Forbidden' });
    expect(await failureOf(client().watch(service, { resourceVersion: '1' }).next())).toMatchObject({
      code: 'FLO2002',
      message: 'watching Service in cluster east-1 failed: as the script says',
    });
    server.faults = () => ({ kind: 'drop' });
    expect(await failureOf(client().watch(service, { resourceVersion: '1' }).next())).toMatchObject({
      code: 'FLO2000',
    });
  });
});

describe('proxies', () => {
  it.each([
    ['CONNECT', ConnectProxy],
    ['SOCKS5', SocksProxy],
  ])('of the kind %s tunnel requests and watches', async (_kind, kindOfProxy) => {
    await start({ http2: true });
    const proxy = await kindOfProxy.open();
    closing.push(() => proxy.close());
    const through = client({ proxyUrl: proxy.url });
    server.put(service, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', namespace: 'shop' } });
    expect((await through.list(service)).items).toHaveLength(1);
    const first = await through.watch(service, { sendInitialEvents: true }).next();
    expect(first.value).toMatchObject({ type: 'ADDED' });
    expect(proxy.targets).toEqual([`127.0.0.1:${server.port}`, `127.0.0.1:${server.port}`]);
  });
});
