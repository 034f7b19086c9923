import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createKey,
  createRoot,
  createSigningRequest,
  DAY_MS,
  issueLeaf,
  type LeafIdentity,
  publicKeyOf,
  type Root,
  type Signer,
  signIntermediate,
  withoutRoot,
} from '../../src/citadel';
import { freePort } from '../tools/envoy-program';
import { realPart } from './real-parts';

jest.setTimeout(60_000);

const trustDomain = 'prod.example.com';
const HOST = 'shop.example.com';

interface Issued {
  readonly keyPem: string;
  readonly chainPem: string;
}

let folder: string;
let root: Root;
let signer: Signer;
let envoy: ChildProcess;
let envoyPort: number;
const upstream = createServer((_request, response) => response.end('from the upstream'));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'envoy-certificates-'));
  root = await createRoot({ trustDomain, algorithm: 'EcdsaP256', lifetimeDays: 30, nowMs: Date.now() });
  signer = await zoneSigner();
  const gateway = await leaf({ dnsNames: [HOST] });
  upstream.setSecureContext({ key: gateway.keyPem, cert: withoutRoot(gateway.chainPem) });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  envoyPort = await freePort();
  writeFileSync(
    join(folder, 'envoy.json'),
    JSON.stringify(bootstrap(gateway, (upstream.address() as AddressInfo).port)),
  );
  const parameters = ['-c', join(folder, 'envoy.json'), '--log-level', 'error', '--use-dynamic-base-id'];
  envoy = spawn(realPart('envoy'), [...parameters, '--concurrency', '1'], { stdio: 'inherit' });
  await listening(envoyPort);
});

afterAll(async () => {
  envoy.kill('SIGKILL');
  await once(envoy, 'exit');
  upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a real Envoy', () => {
  it('accepts a workload of the trust domain, and the DNS certificate of an upstream, below constrained intermediates', async () => {
    const workload = await leaf({ spiffeId: `spiffe://${trustDomain}/ns/shop/sa/checkout` });
    expect(await request(workload)).toEqual({ status: 200, body: 'from the upstream' });
  });

  it('refuses an identity of another trust domain, though the zone itself signed it', async () => {
    const forged = await leaf({ spiffeId: 'spiffe://stage.example.com/ns/shop/sa/checkout' });
    await expect(request(forged)).rejects.toThrow(/alert|hang up|reset/i);
  });

  it('refuses a gateway certificate as the identity of a client', async () => {
    await expect(request(await leaf({ dnsNames: [HOST] }))).rejects.toThrow(/alert|hang up|reset/i);
  });

  it('refuses a client without a certificate', async () => {
    await expect(request(undefined)).rejects.toThrow(/alert|hang up|reset/i);
  });
});

async function zoneSigner(): Promise<Signer> {
  const keyPem = await createKey('EcdsaP256');
  const csrPem = await createSigningRequest({ keyPem, zone: 'east/east-1', mesh: 'prod', trustDomain });
  const chainPem = await signIntermediate({
    ...{ csrPem, rootKeyPem: root.keyPem, rootCertificatePem: root.certificatePem },
    ...{ lifetimeDays: 7, trustDomain, nowMs: Date.now() },
  });
  return { keyPem, chainPem };
}

async function leaf(identity: LeafIdentity): Promise<Issued> {
  const keyPem = await createKey('EcdsaP256');
  const options = { signer, publicKey: publicKeyOf(keyPem), identity, lifetimeMs: DAY_MS, nowMs: Date.now() };
  return { keyPem, chainPem: await issueLeaf(options) };
}

/** A request through Envoy: it verifies the client on one side and the upstream on the other. */
function request(client: Issued | undefined): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const credentials = client ? { key: client.keyPem, cert: withoutRoot(client.chainPem) } : {};
    const target = { host: '127.0.0.1', port: envoyPort, servername: HOST, headers: { host: HOST } };
    get({ ...target, ca: root.certificatePem, ...credentials, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode, body }));
    }).on('error', reject);
  });
}

function bootstrap(server: Issued, upstreamPort: number): object {
  const trustedRoot = { trusted_ca: { inline_string: root.certificatePem } };
  const certificate = {
    certificate_chain: { inline_string: withoutRoot(server.chainPem) },
    private_key: { inline_string: server.keyPem },
  };
  const address = (port: number): object => ({ socket_address: { address: '127.0.0.1', port_value: port } });
  return {
    node: { id: 'test', cluster: 'test' },
    static_resources: {
      listeners: [
        {
          ...{ name: 'https', address: address(envoyPort) },
          filter_chains: [
            {
              filters: [httpManager()],
              transport_socket: tls('DownstreamTlsContext', {
                require_client_certificate: true,
                common_tls_context: { tls_certificates: [certificate], validation_context: trustedRoot },
              }),
            },
          ],
        },
      ],
      clusters: [
        {
          ...{ name: 'upstream', connect_timeout: '2s', type: 'STATIC' },
          load_assignment: {
            cluster_name: 'upstream',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(upstreamPort) } }] }],
          },
          transport_socket: tls('UpstreamTlsContext', {
            sni: HOST,
            common_tls_context: {
              validation_context: {
                ...trustedRoot,
                match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: HOST } }],
              },
            },
          }),
        },
      ],
    },
  };
}

function tls(context: string, fields: object): object {
  const type = `type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.${context}`;
  return { name: 'envoy.transport_sockets.tls', typed_config: { '@type': type, ...fields } };
}

function httpManager(): object {
  const type = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
  const router = { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' };
  const routes = [{ match: { prefix: '/' }, route: { cluster: 'upstream' } }];
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      ...{ '@type': type, stat_prefix: 'https' },
      route_config: { virtual_hosts: [{ name: 'all', domains: ['*'], routes }] },
      http_filters: [{ name: 'envoy.filters.http.router', typed_config: router }],
    },
  };
}

async function listening(port: number): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    const answered = await request(undefined).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ECONNREFUSED',
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Envoy does not listen on port ${port}`);
}
