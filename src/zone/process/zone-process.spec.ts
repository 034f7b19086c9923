import { type ChannelCredentials, Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import {
  CREATE_CERTIFICATE_PATH,
  chainProblems,
  createKey,
  createSigningRequest,
  decodeCertificateResponse,
  encodeCertificateRequest,
} from '../../citadel';
import { meshKind } from '../../federation/api';
import { silentLogger, systemClock } from '../../kernel';
import type { Secret } from '../../istio';
import { coreKinds, type KubeObject } from '../../kube/schema';
import type { PrimaryKind } from '../primary-kind';
import { mesh, seen, ZoneWorld } from '../testing/zone-world';
import { startZone, type Zone } from './start-zone';

jest.setTimeout(30_000);

const UNAUTHENTICATED: number = status.UNAUTHENTICATED;

let world: ZoneWorld;
let zone: Zone | undefined;
let tlsPort: number;

beforeEach(async () => {
  world = await ZoneWorld.open();
  tlsPort = await freePort();
});

afterEach(async () => {
  await zone?.close();
  await world.close();
});

async function start(primary: PrimaryKind = 'flotilla'): Promise<Zone> {
  zone = await startZone({
    ...{ cluster: 'east-1-gw', client: world.gateway },
    ...{ xds: '127.0.0.1:0', tlsXds: `127.0.0.1:${tlsPort}`, debug: '127.0.0.1:0' },
    ...{ clock: systemClock, random: Math.random, logger: silentLogger, primary },
  });
  return zone;
}

describe('the zone process', () => {
  it('waits for the copy of its Mesh, then opens its ports', async () => {
    await world.gateway.delete(meshKind, 'prod');
    const { ready } = await start();
    const early = await Promise.race([ready, new Promise((resolve) => setTimeout(resolve, 300, 'waiting'))]);
    expect(early).toBe('waiting');
    await world.gateway.create(meshKind, mesh);
    const { xds, debug } = await ready;
    expect(xds).toMatch(/^127\.0\.0\.1:[1-9]/);
    const page = await fetch(`http://${debug}/metrics`);
    const text = await page.text();
    for (const name of ['pilot_proxies', 'flotilla_zone_clusters{state="reached"} 2', 'citadel_server_csr_count 0']) {
      expect(text).toContain(name);
    }
  });

  it('can be stopped while it waits', async () => {
    await world.gateway.delete(meshKind, 'prod');
    const started = await start();
    const outcome = started.ready.then(
      () => 'ready',
      () => 'ended',
    );
    await started.close();
    expect(await outcome).toBe('ended');
    zone = undefined;
  });

  it('gives a workload a certificate for its token, renews it by that certificate, also after a restart without a hub', async () => {
    await (
      await start()
    ).ready;
    const root = await world.hubSigns();
    const token = await tokenOf('checkout');
    const keyPem = await createKey('EcdsaP256');
    const rootPem = Buffer.from(root.certificatePem);
    const byToken = new Metadata();
    byToken.set('authorization', `Bearer ${token}`);
    byToken.set('clusterid', 'east-1-apps');
    const [chain] = await seen(
      () =>
        ask(credentials.createSsl(rootPem), byToken, keyPem).catch((error: ServiceError) => [undefined, error.code]),
      ([certificates]) => certificates !== undefined,
    );
    expect(chainProblems(chain!.join(''), Date.now())).toEqual([]);
    const name = 'URI:spiffe://prod.example.com/ns/shop/sa/checkout';
    expect(new X509Certificate(chain![0]!).subjectAltName).toBe(name);

    await zone!.close();
    await (
      await start()
    ).ready;
    const identity = [Buffer.from(keyPem), Buffer.from(chain!.slice(0, 2).join(''))] as const;
    const [renewed] = await seen(
      () => ask(credentials.createSsl(rootPem, ...identity), new Metadata(), keyPem).catch(() => [undefined, 0]),
      ([certificates]) => certificates !== undefined,
    );
    expect(new X509Certificate(renewed![0]!).subjectAltName).toBe(name);
  });

  it('beside an upstream istiod opens no ports, and gives it the intermediate', async () => {
    const addresses = await (await start('istiod')).ready;
    expect(addresses).toEqual({});
    const root = await world.hubSigns();
    const secret = await seen(
      () => world.gateway.get<Secret>(coreKinds.secret, 'cacerts', 'istio-system'),
      (found) => found !== undefined,
    );
    const chain = Buffer.from(secret!.data?.['cert-chain.pem'] ?? '', 'base64').toString('utf8');
    expect(chainProblems(chain, Date.now())).toEqual([]);
    expect(Buffer.from(secret!.data?.['root-cert.pem'] ?? '', 'base64').toString('utf8')).toBe(root.certificatePem);
  });

  it('refuses those whom no cluster of the zone vouches for', async () => {
    await (
      await start()
    ).ready;
    const root = await world.hubSigns();
    const secure = credentials.createSsl(Buffer.from(root.certificatePem));
    const keyPem = await createKey('EcdsaP256');
    const refusal = (metadata: Metadata): Promise<number> =>
      ask(secure, metadata, keyPem).then(
        () => status.OK,
        (error: ServiceError) => error.code,
      );
    await seen(
      () => refusal(new Metadata()),
      (code) => code === UNAUTHENTICATED,
    );
    const token = await tokenOf('checkout');
    const elsewhere = new Metadata();
    elsewhere.set('authorization', `Bearer ${token}`);
    expect(await refusal(elsewhere)).toBe(UNAUTHENTICATED); // the gateway cluster did not issue it
    elsewhere.set('clusterid', 'unheard-of');
    expect(await refusal(elsewhere)).toBe(UNAUTHENTICATED);
  });
});

type Answer = readonly [readonly string[] | undefined, number];

async function ask(channel: ChannelCredentials, metadata: Metadata, keyPem: string): Promise<Answer> {
  const csr = await createSigningRequest({ keyPem, zone: 'a/b', mesh: 'x', trustDomain: 'claims.example.com' });
  const client = new Client(`127.0.0.1:${tlsPort}`, channel);
  try {
    return await new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        CREATE_CERTIFICATE_PATH,
        (request: string) => Buffer.from(encodeCertificateRequest({ csr: request, validityDuration: 0 })),
        (bytes) => decodeCertificateResponse(bytes).certChain,
        csr,
        metadata,
        (error, chain) => (error === null ? resolve([chain, status.OK]) : reject(error)),
      );
    });
  } finally {
    client.close();
  }
}

/** A projected token of a service account of the workload cluster, as the kubelet asks for one. */
async function tokenOf(serviceAccount: string): Promise<string> {
  const kind = { group: '', version: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true };
  const account: KubeObject = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: serviceAccount, namespace: 'shop' },
  };
  await world.apps.create(kind, account);
  const { body } = await world.apps.request({
    method: 'POST',
    path: `/api/v1/namespaces/shop/serviceaccounts/${serviceAccount}/token`,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: ['istio-ca'] } },
  });
  return (body as { status: { token: string } }).status.token;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
