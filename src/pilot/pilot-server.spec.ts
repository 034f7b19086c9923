import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';

import { createKey, createRoot, issueLeaf, publicKeyOf } from '../citadel/authority';
import { type MeshSpec, meshKind } from '../federation/api';
import { istioKinds } from '../istio';
import { ManualClock, silentLogger } from '../kernel';
import { KubeClient } from '../kube';
import { coreKinds, type KubeObject, type ResourceKind } from '../kube/schema';
import { eventually } from '../kube/testing/eventually';
import { ScriptedApiServer } from '../kube/testing/scripted-api-server';
import type { ServerCertificate } from './grpc';
import { decode, encode, typeUrlOf } from './proto';
import { openAds } from './testing/ads-client';
import { authorizeByIdentity, GrpcCode, type PilotListeners, PilotServer } from '.';

const CDS = typeUrlOf('envoy.config.cluster.v3.Cluster');
const NODE = { id: 'router~10.0.0.1~gateway-1.istio-gw~istio-gw.svc.cluster.local' };
const kinds = [coreKinds.service, coreKinds.endpointSlice, coreKinds.pod, coreKinds.node, coreKinds.secret];
const identity = (bytes: Buffer): Buffer => bytes;

function meshOf(spec: object = {}): MeshSpec {
  return meshKind.spec.parse({ trustDomain: 'test.example', ...spec });
}

class Bench {
  readonly clock = new ManualClock();

  private constructor(
    readonly server: ScriptedApiServer,
    readonly client: KubeClient,
  ) {}

  static async open(): Promise<Bench> {
    const server = await ScriptedApiServer.start([...kinds, ...istioKinds, coreKinds.namespace]);
    return new Bench(server, new KubeClient(server.connection));
  }

  pilot(listen: Partial<PilotListeners> = {}): PilotServer {
    return new PilotServer({
      client: this.client,
      mesh: meshOf(),
      listen: { xds: '127.0.0.1:0', ...listen },
      identifier: 'east-1',
      clock: this.clock,
      random: () => 0.5,
      logger: silentLogger,
    });
  }

  put(kind: ResourceKind, name: string, namespace: string | undefined, fields: Partial<KubeObject> = {}): void {
    const { metadata, ...rest } = fields;
    const apiVersion = kind.group === '' ? 'v1' : `${kind.group}/${kind.version}`;
    this.server.put(kind, {
      apiVersion,
      kind: kind.kind,
      metadata: { name, ...(namespace ? { namespace } : {}), ...metadata },
      ...rest,
    });
  }

  /** A mesh service, seen by everybody. */
  service(name: string, namespace = 'shop'): void {
    this.put(istioKinds[3], name, namespace, {
      spec: {
        hosts: [`${name}.example`],
        ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
        resolution: 'STATIC',
        endpoints: [{ address: '10.1.1.1' }],
        exportTo: ['*'],
      },
    });
  }

  async ready(pilot: PilotServer): Promise<void> {
    await eventually(() => pilot.isReady, { clock: this.clock, stepMs: 50 });
  }

  /** Ends the pilot, which must leave nothing behind. */
  async close(pilot: PilotServer): Promise<void> {
    await pilot.stop();
    expect(this.clock.pending).toBe(0);
  }

  async end(): Promise<void> {
    await this.client.close();
    await this.server.close();
  }
}

async function clustersOf(port: number): Promise<string[]> {
  const ads = openAds(port);
  ads.send({ node: NODE, typeUrl: CDS });
  const { resources = [] } = await ads.next();
  ads.close();
  return resources.map(({ name }) => String(name)).filter((name) => name.startsWith('outbound'));
}

async function page(port: number | undefined, path: string): Promise<{ status: number; body: unknown; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  const text = await response.text();
  return { status: response.status, text, body: path === '/metrics' ? text : (JSON.parse(text) as unknown) };
}

describe('PilotServer', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await Bench.open();
  });

  afterEach(() => bench.end());

  it('serves what the cluster holds, and what changes in it', async () => {
    bench.service('checkout');
    const pilot = bench.pilot();
    const { xds } = await pilot.start();
    await bench.ready(pilot);
    const ads = openAds(xds);
    ads.send({ node: NODE, typeUrl: CDS });
    const first = await ads.next();
    expect(JSON.stringify(first.resources)).toContain('outbound|80||checkout.example');
    bench.service('cart');
    let second = '';
    void ads.next().then((answer) => (second = JSON.stringify(answer.resources)));
    await eventually(() => second !== '', { clock: bench.clock, stepMs: 50 });
    expect(second).toContain('outbound|80||cart.example');
    ads.close();
    await bench.close(pilot);
  });

  it('refuses plaintext on an address that others can reach', () => {
    expect(() => bench.pilot({ xds: '0.0.0.0:0' })).toThrow('it is not a loopback address');
    expect(() => bench.pilot({ xds: '15010' })).toThrow('it is not host:port');
  });

  it('shows readiness, metrics, proxies and configuration, and no keys', async () => {
    bench.service('checkout');
    const secret = { type: 'kubernetes.io/tls', data: { 'tls.crt': 'Y2VydA==', 'tls.key': 'a2V5LW1hdGVyaWFs' } };
    bench.put(coreKinds.secret, 'web', 'istio-system', secret);
    const pilot = bench.pilot({ debug: '127.0.0.1:0' });
    const { xds, debug } = await pilot.start();
    expect((await page(debug, '/ready')).status).toBe(503);
    await bench.ready(pilot);
    expect((await page(debug, '/ready')).status).toBe(200);
    const ads = openAds(xds);
    ads.send({ node: NODE, typeUrl: CDS });
    await ads.next();
    expect((await page(debug, '/debug/syncz')).body).toMatchObject({
      proxies: [{ proxy: 'gateway-1.istio-gw', type: 'router', cds: 'STALE' }],
    });
    expect((await page(debug, '/metrics')).text).toMatch(/^pilot_xds_pushes\{type="cds"\} 1$/m);
    expect((await page(debug, '/metrics')).text).toMatch(/^pilot_proxies\{proxy_type="router"\} 1$/m);
    const dump = await page(debug, '/debug/config_dump?proxyID=gateway-1.istio-gw');
    expect(dump.text).toContain('outbound|80||checkout.example');
    const configuration = await page(debug, '/debug/configz');
    expect(configuration.text).toContain('checkout.example');
    expect(configuration.text).not.toContain('a2V5LW1hdGVyaWFs');
    expect(await page(debug, '/debug/config_dump?proxyID=nobody.shop')).toMatchObject({ status: 404 });
    ads.close();
    await bench.close(pilot);
  });

  it('reads the clusters anew for other selectors, and serves the old state until that is done', async () => {
    bench.put(coreKinds.namespace, 'shop', undefined, { metadata: { name: 'shop', labels: { mesh: 'prod' } } });
    bench.put(coreKinds.namespace, 'pay', undefined);
    bench.service('checkout', 'shop');
    bench.service('bank', 'pay');
    const pilot = bench.pilot();
    const { xds } = await pilot.start();
    await bench.ready(pilot);
    expect(await clustersOf(xds)).toEqual(['outbound|80||bank.example', 'outbound|80||checkout.example']);
    bench.server.faults = () => ({ kind: 'status', code: 503 });
    pilot.reconfigure(meshOf({ discoverySelectors: [{ matchLabels: { mesh: 'prod' } }] }));
    await bench.clock.advance(2000);
    expect(await clustersOf(xds)).toHaveLength(2);
    bench.server.faults = () => undefined;
    await eventually(() => !pilot.zone.states().some(({ resource, namespace }) => resource === 'pods' && !namespace), {
      clock: bench.clock,
      stepMs: 500,
    });
    await bench.clock.advance(100);
    expect(await clustersOf(xds)).toEqual(['outbound|80||checkout.example']);
    await bench.close(pilot);
  });

  describe('over TLS', () => {
    let certificate: ServerCertificate | undefined;
    let rotate: () => void = () => undefined;
    const authorize = authorizeByIdentity(({ authorization }) => {
      if (authorization === undefined) return Promise.reject(new Error('no token was shown'));
      return Promise.resolve({ namespace: authorization.replace('Bearer ', ''), serviceAccount: 'gateway' });
    });

    async function issue(): Promise<ServerCertificate> {
      const root = await createRoot({
        algorithm: 'EcdsaP256',
        trustDomain: 'test.example',
        lifetimeDays: 1,
        nowMs: Date.now(),
      });
      const privateKey = await createKey('EcdsaP256');
      const certificateChain = await issueLeaf({
        signer: { chainPem: root.certificatePem, keyPem: root.keyPem },
        publicKey: publicKeyOf(privateKey),
        identity: { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] },
        lifetimeMs: 3_600_000,
        nowMs: Date.now(),
      });
      return { privateKey, certificateChain, trustBundle: root.certificatePem };
    }

    function ask(port: number | undefined, trust: string, token?: string): Promise<number | string> {
      const client = new Client(`127.0.0.1:${port}`, credentials.createSsl(Buffer.from(trust)));
      const metadata = new Metadata();
      if (token) metadata.set('authorization', `Bearer ${token}`);
      const path = '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources';
      const stream = client.makeBidiStreamRequest(path, identity, identity, metadata);
      stream.write(Buffer.from(encode('envoy.service.discovery.v3.DiscoveryRequest', { node: NODE, typeUrl: CDS })));
      return new Promise<number | string>((resolve) => {
        stream.on('error', ({ code, details }: ServiceError) => resolve(`${code} ${details}`));
        stream.on('data', (bytes: Buffer) =>
          resolve(decode('envoy.service.discovery.v3.DiscoveryResponse', bytes).resources?.length ?? 0),
        );
      }).finally(() => {
        stream.cancel();
        client.close();
      });
    }

    it('opens when there is a certificate, and serves a workload what it is', async () => {
      certificate = undefined;
      const tls = {
        address: '127.0.0.1:0',
        certificate: () => certificate,
        onCertificateChange: (listener: () => void) => {
          rotate = listener;
          return () => undefined;
        },
        authorize,
      };
      const pilot = bench.pilot({ tls });
      expect((await pilot.start()).tls).toBeUndefined();
      await bench.ready(pilot);
      certificate = await issue();
      rotate();
      await eventually(() => pilot.ports.tls !== undefined);
      const { tls: port } = pilot.ports;
      expect(await ask(port, certificate.trustBundle, 'istio-gw')).toBeGreaterThan(0);
      expect(await ask(port, certificate.trustBundle, 'shop')).toContain(
        `${GrpcCode.PermissionDenied} a workload of shop/gateway`,
      );
      expect(await ask(port, certificate.trustBundle)).toBe(`${GrpcCode.Unauthenticated} no token was shown`);

      const before = certificate;
      certificate = await issue();
      rotate();
      expect(await ask(port, certificate.trustBundle, 'istio-gw')).toBeGreaterThan(0);
      expect(await ask(port, before.trustBundle, 'istio-gw')).toContain('14');
      await bench.close(pilot);
    }, 20_000);
  });
});
