import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import {
  chainProblems,
  createKey,
  createRoot,
  createSigningRequest,
  DAY_MS,
  issueLeaf,
  type KeyAlgorithm,
  type LeafIdentity,
  notAfterMs,
  notBeforeMs,
  parseChain,
  publicKeyOf,
  type Root,
  rootOf,
  type Signer,
  signIntermediate,
  splitPem,
  verifySigningRequest,
  withoutRoot,
} from '.';

const trustDomain = 'prod.example.com';
const nowMs = Math.floor(Date.now() / 1000) * 1000;

async function zoneSigner(root: Root, algorithm: KeyAlgorithm = 'EcdsaP256', domain = trustDomain): Promise<Signer> {
  const keyPem = await createKey(algorithm);
  const csrPem = await createSigningRequest({ keyPem, zone: 'east/east-1', mesh: 'prod', trustDomain: domain });
  const chainPem = await signIntermediate({
    csrPem,
    rootKeyPem: root.keyPem,
    rootCertificatePem: root.certificatePem,
    lifetimeDays: 365,
    trustDomain: domain,
    nowMs,
  });
  return { keyPem, chainPem };
}

type Issued = Signer;

async function leafOf(signer: Signer, identity: LeafIdentity): Promise<Issued> {
  const keyPem = await createKey('EcdsaP256');
  const publicKey = publicKeyOf(keyPem);
  return { keyPem, chainPem: await issueLeaf({ signer, publicKey, identity, lifetimeMs: DAY_MS, nowMs }) };
}

interface Handshake {
  readonly serverName: string | undefined;
  readonly clientName: string | undefined;
  /** Why the server's TLS stack does not trust the client's certificate. */
  readonly clientRefusal: string | undefined;
}

/** A real handshake with a client certificate asked for. Rejects when the client's TLS stack does not trust the server. */
async function handshake(
  server: Issued,
  client: Issued | undefined,
  rootPem: string,
  servername: string,
): Promise<Handshake> {
  listener.setSecureContext({ key: server.keyPem, cert: withoutRoot(server.chainPem), ca: rootPem });
  const seen = once(listener, 'secureConnection') as Promise<[TLSSocket]>;
  const credentials = client ? { key: client.keyPem, cert: withoutRoot(client.chainPem) } : {};
  const { port } = listener.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port, servername, ca: rootPem, ...credentials });
  await once(socket, 'secureConnect');
  const [peer] = await seen;
  const result = {
    serverName: socket.getPeerX509Certificate()?.subjectAltName,
    clientName: peer.getPeerX509Certificate()?.subjectAltName,
    clientRefusal: peer.authorized ? undefined : String(peer.authorizationError),
  };
  socket.destroy();
  return result;
}

const listener = createServer({ requestCert: true, rejectUnauthorized: false });

beforeAll(() => new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise<void>((resolve) => listener.close(() => resolve())));

describe.each<KeyAlgorithm>(['EcdsaP256', 'EcdsaP384', 'Rsa2048'])('a chain with %s keys', (algorithm) => {
  it('holds from leaf to root, and carries workload and gateway leaves through real handshakes', async () => {
    const root = await createRoot({ trustDomain, algorithm, lifetimeDays: 3650, nowMs });
    const signer = await zoneSigner(root, algorithm);
    const gateway = await leafOf(signer, { dnsNames: ['shop.example.com', '*.shop.example.com'] });
    const workload = await leafOf(signer, { spiffeId: `spiffe://${trustDomain}/ns/shop/sa/checkout` });

    expect(splitPem(gateway.chainPem)).toHaveLength(3);
    expect(chainProblems(gateway.chainPem, nowMs)).toEqual([]);
    expect(rootOf(gateway.chainPem)).toBe(root.certificatePem);
    const names = await handshake(gateway, workload, root.certificatePem, 'shop.example.com');
    expect(names).toEqual({
      clientName: `URI:spiffe://${trustDomain}/ns/shop/sa/checkout`,
      serverName: 'DNS:shop.example.com, DNS:*.shop.example.com',
      clientRefusal: undefined,
    });
  });
});

describe('what an intermediate may do', () => {
  let root: Root;
  let signer: Signer;
  beforeAll(async () => {
    root = await createRoot({ trustDomain, algorithm: 'EcdsaP256', lifetimeDays: 3650, nowMs });
    signer = await zoneSigner(root);
  });

  it('carries path length 0, a critical name constraint and no private key of the hub', () => {
    const [intermediate] = parseChain(signer.chainPem);
    expect(intermediate!.ca).toBe(true);
    expect(intermediate!.subject).toBe(`O=${trustDomain}\nOU=prod\nCN=zone east/east-1`);
    expect(intermediate!.publicKey.equals(publicKeyOf(signer.keyPem))).toBe(true);
    const text = intermediate!.raw.toString('latin1');
    expect(text).toContain(trustDomain);
    expect(notAfterMs(intermediate!)).toBe(nowMs + 365 * DAY_MS);
    expect(notBeforeMs(intermediate!)).toBe(nowMs - 120_000);
  });

  it('is refused by a peer when it issues an identity of another trust domain', async () => {
    const gateway = await leafOf(signer, { dnsNames: ['shop.example.com'] });
    const forged = await leafOf(signer, { spiffeId: 'spiffe://stage.example.com/ns/shop/sa/checkout' });
    const { clientRefusal } = await handshake(gateway, forged, root.certificatePem, 'shop.example.com');
    // node has no word of its own for X509_V_ERR_PERMITTED_VIOLATION; the handshakes above pass with the right domain
    expect(clientRefusal).toBe('UNSPECIFIED');
  });

  it('is refused by a peer when it signs another authority', async () => {
    const belowKey = await createKey('EcdsaP256');
    const belowCsr = await createSigningRequest({ keyPem: belowKey, zone: 'east/x', mesh: 'prod', trustDomain });
    const below = await signIntermediate({
      csrPem: belowCsr,
      rootKeyPem: signer.keyPem,
      rootCertificatePem: signer.chainPem,
      lifetimeDays: 1,
      trustDomain,
      nowMs,
    });
    const chainPem = `${splitPem(below)[0]}${signer.chainPem}`;
    const leaf = await leafOf({ keyPem: belowKey, chainPem }, { dnsNames: ['shop.example.com'] });
    await expect(handshake(leaf, undefined, root.certificatePem, 'shop.example.com')).rejects.toThrow(/path length/);
  });

  it('never issues past its own end', async () => {
    const keyPem = await createKey('EcdsaP256');
    const lifetimeMs = 400 * DAY_MS;
    const chain = await issueLeaf({
      signer,
      publicKey: publicKeyOf(keyPem),
      identity: { dnsNames: ['a.example'] },
      lifetimeMs,
      nowMs,
    });
    const [leaf, intermediate] = parseChain(chain);
    expect(leaf!.validTo).toBe(intermediate!.validTo);
  });

  it('gives every certificate a random serial number of up to 128 bits', async () => {
    const leaves = await Promise.all([1, 2, 3, 4].map(() => leafOf(signer, { dnsNames: ['a.example'] })));
    const serials = leaves.map(({ chainPem }) => new X509Certificate(chainPem).serialNumber);
    expect(new Set(serials).size).toBe(4);
    for (const serial of serials) expect(serial).toMatch(/^[0-9A-F]{24,32}$/);
  });

  it('puts IP addresses beside DNS names', async () => {
    const { chainPem } = await leafOf(signer, { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1', '::1'] });
    const certificate = new X509Certificate(chainPem);
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('::1')).toBe('::1');
    expect(certificate.checkHost('localhost')).toBe('localhost');
  });

  it('refuses to issue for nobody', async () => {
    await expect(leafOf(signer, { dnsNames: [] })).rejects.toMatchObject({ code: 'FLO5206' });
  });
});

describe('what the hub refuses to sign', () => {
  it('a request that was changed after its signature', async () => {
    const keyPem = await createKey('EcdsaP256');
    const csrPem = await createSigningRequest({ keyPem, zone: 'east/east-1', mesh: 'prod', trustDomain });
    const der = Buffer.from(csrPem.replace(/-----[^-]+-----/g, ''), 'base64');
    const at = der.indexOf('east-1');
    der.write('east-2', at);
    const changed = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    await expect(verifySigningRequest(changed)).rejects.toMatchObject({ code: 'FLO5203' });
    await expect(verifySigningRequest('not a request')).rejects.toMatchObject({ code: 'FLO5203' });
  });

  it('a request for another trust domain', async () => {
    const root = await createRoot({ trustDomain, algorithm: 'EcdsaP256', lifetimeDays: 10, nowMs });
    const keyPem = await createKey('EcdsaP256');
    const csrPem = await createSigningRequest({ keyPem, zone: 'east/east-1', mesh: 'prod', trustDomain: 'stage' });
    const options = { csrPem, rootKeyPem: root.keyPem, rootCertificatePem: root.certificatePem };
    await expect(signIntermediate({ ...options, lifetimeDays: 1, trustDomain, nowMs })).rejects.toMatchObject({
      code: 'FLO5205',
    });
  });

  it('anything with a root that has expired or whose key is another', async () => {
    const root = await createRoot({ trustDomain, algorithm: 'EcdsaP256', lifetimeDays: 10, nowMs });
    const other = await createRoot({ trustDomain, algorithm: 'EcdsaP256', lifetimeDays: 10, nowMs });
    const keyPem = await createKey('EcdsaP256');
    const csrPem = await createSigningRequest({ keyPem, zone: 'east/east-1', mesh: 'prod', trustDomain });
    const common = { csrPem, rootCertificatePem: root.certificatePem, lifetimeDays: 1, trustDomain };
    const late = signIntermediate({ ...common, rootKeyPem: root.keyPem, nowMs: nowMs + 11 * DAY_MS });
    await expect(late).rejects.toMatchObject({ code: 'FLO5204', message: expect.stringContaining('expired') });
    const foreign = signIntermediate({ ...common, rootKeyPem: other.keyPem, nowMs });
    await expect(foreign).rejects.toMatchObject({ code: 'FLO5204', message: expect.stringContaining('belongs to') });
  });

  it('a key that is too weak, or on a curve that proxies do not know', async () => {
    const pairs = [
      generateKeyPairSync('rsa', { modulusLength: 1024 }),
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
    ];
    for (const { privateKey } of pairs) {
      const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const request = createSigningRequest({ keyPem, zone: 'east/east-1', mesh: 'prod', trustDomain });
      await expect(request).rejects.toMatchObject({ code: 'FLO5201' });
    }
  });
});

describe('chainProblems', () => {
  it('names what does not fit together', async () => {
    const root = await createRoot({ trustDomain, algorithm: 'EcdsaP256', lifetimeDays: 10, nowMs });
    const other = await createRoot({ trustDomain, algorithm: 'EcdsaP256', lifetimeDays: 10, nowMs });
    const signer = await zoneSigner(root);
    const wrongRoot = `${splitPem(signer.chainPem)[0]}${other.certificatePem}`;
    expect(chainProblems(wrongRoot, nowMs)).toEqual([expect.stringContaining('zone east/east-1')]);
    expect(chainProblems(signer.chainPem, nowMs - DAY_MS)).toHaveLength(2);
    expect(() => chainProblems('', nowMs)).toThrow(/cannot read a certificate chain/);
  });
});
