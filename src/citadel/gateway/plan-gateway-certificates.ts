import { createHash, X509Certificate } from 'node:crypto';
import { annotations, labels } from '../../federation/api';
import type { Gateway, GatewayServer, Secret } from '../../istio';
import type { KubeObject } from '../../kube/schema';
import { matchesPublicKey, notAfterMs, notBeforeMs, splitPem } from '../authority';
import type { Issuer } from '../intermediate/decide-intermediate';

/** Label of Secrets that citadel made: the only ones that it ever writes or deletes. */
export const ISSUER_LABEL = 'federation.flotilla.dev/issuer';
export const ISSUER = 'citadel';

/** What gateway certificates are decided from. */
export interface GatewayCertificatesInput {
  readonly gateways: readonly Gateway[];
  /** Secrets of the gateway namespace by name; at least those that are named by the Gateways or carry our label. */
  readonly secrets: readonly Secret[];
  readonly issuer: Issuer;
  readonly nowMs: number;
}

/** One certificate to issue, into a Secret that is new or ours. */
export interface CertificateOrder {
  readonly secretName: string;
  /** SANs, sorted. */
  readonly dnsNames: readonly string[];
  readonly reason: 'Missing' | 'HostsChanged' | 'RenewalDue' | 'IssuerChanged' | 'TrustChanged' | 'Unusable';
}

/** What to do about gateway certificates, and when to look again. */
export interface GatewayCertificatesPlan {
  readonly orders: readonly CertificateOrder[];
  /** Names of our Secrets that no Gateway asks for any longer. */
  readonly unused: readonly string[];
  /** What cannot be done, in words. */
  readonly problems: readonly string[];
  /** When the next certificate is due for renewal. */
  readonly nextDueMs: number | undefined;
}

/** Certificates are renewed after half of their life, spread by a tenth of it to either side. */
const RENEWAL_SHARE = 0.5;
const RENEWAL_SPREAD = 0.2;

/** Decides which Secrets to write so that every server of the annotated Gateways has a certificate for its hosts. */
export function planGatewayCertificates(input: GatewayCertificatesInput): GatewayCertificatesPlan {
  const wanted = wantedCertificates(input.gateways);
  const secrets = new Map(input.secrets.map((secret) => [secret.metadata.name, secret]));
  const orders: CertificateOrder[] = [];
  const problems: string[] = [];
  const dueTimes: number[] = [];
  for (const [secretName, { dnsNames, refused }] of wanted) {
    const secret = secrets.get(secretName);
    if (refused.length > 0) problems.push(`Secret ${secretName}: no certificate can name ${refused.join(', ')}`);
    if (secret !== undefined && !isOurs(secret)) {
      problems.push(`Secret ${secretName} was not made by citadel and is left alone`);
    } else if (dnsNames.length > 0) {
      const state = judge(secret, dnsNames, input);
      if (typeof state === 'number') dueTimes.push(state);
      else orders.push({ secretName, dnsNames, reason: state });
    }
  }
  const unused = input.secrets.filter((secret) => isOurs(secret) && !wanted.has(secret.metadata.name));
  return {
    orders,
    unused: unused.map(({ metadata }) => metadata.name).sort(),
    problems,
    nextDueMs: dueTimes.length > 0 ? Math.min(...dueTimes) : undefined,
  };
}

/** Whether citadel made a Secret. */
export function isOurs({ metadata }: KubeObject): boolean {
  return metadata.labels?.[ISSUER_LABEL] === ISSUER && metadata.labels?.[labels.managedBy] === 'flotilla';
}

interface Wanted {
  readonly dnsNames: readonly string[];
  /** Hosts that are no DNS names: `*` alone. */
  readonly refused: readonly string[];
}

/** credentialName → hosts, over all Gateways that ask the mesh for certificates; sorted by name. */
function wantedCertificates(gateways: readonly Gateway[]): ReadonlyMap<string, Wanted> {
  const hosts = new Map<string, Set<string>>();
  for (const { metadata, spec } of gateways) {
    if (metadata.annotations?.[annotations.certificateIssuer] !== 'mesh') continue;
    for (const server of spec?.servers ?? []) {
      for (const name of credentialNames(server)) {
        const known = hosts.get(name) ?? new Set<string>();
        hosts.set(name, known);
        for (const host of server.hosts) known.add(withoutNamespace(host));
      }
    }
  }
  const sorted = [...hosts].sort(([left], [right]) => (left < right ? -1 : 1));
  return new Map(
    sorted.map(([name, known]) => {
      const all = [...known].sort();
      return [name, { dnsNames: all.filter((host) => host !== '*'), refused: all.filter((host) => host === '*') }];
    }),
  );
}

/** Names of the Secrets that a server takes its certificates from. */
export function credentialNames({ tls }: GatewayServer): readonly string[] {
  return [tls?.credentialName ?? '', ...(tls?.credentialNames ?? [])].filter((name) => name !== '');
}

/** Istio's `namespace/host` without the namespace. */
function withoutNamespace(host: string): string {
  return host.slice(host.indexOf('/') + 1);
}

/** Why a Secret needs a new certificate, or when it will. */
function judge(
  secret: Secret | undefined,
  dnsNames: readonly string[],
  { issuer, nowMs }: GatewayCertificatesInput,
): CertificateOrder['reason'] | number {
  if (secret === undefined) return 'Missing';
  const chainPem = decode(secret.data?.['tls.crt']);
  const leaf = parseLeaf(chainPem, decode(secret.data?.['tls.key']));
  if (leaf === undefined) return 'Unusable';
  if (alternativeNames(leaf).join() !== dnsNames.join()) return 'HostsChanged';
  const sameIssuer = splitPem(chainPem)[1] === splitPem(issuer.chainPem)[0];
  if (!sameIssuer) return 'IssuerChanged';
  if (decode(secret.data?.['ca.crt']) !== issuer.trustPem) return 'TrustChanged';
  const dueMs = renewalDueMs(leaf);
  return nowMs >= dueMs ? 'RenewalDue' : dueMs;
}

/** Half of the life, moved by up to a tenth of it: by the serial number, so that the same certificate gives the same time. */
function renewalDueMs(leaf: X509Certificate): number {
  const beginMs = notBeforeMs(leaf);
  const digest = createHash('sha256').update(leaf.serialNumber).digest();
  const place = digest.readUInt32BE() / 0x1_0000_0000 - 0.5;
  return Math.round(beginMs + (notAfterMs(leaf) - beginMs) * (RENEWAL_SHARE + place * RENEWAL_SPREAD));
}

function parseLeaf(chainPem: string, keyPem: string): X509Certificate | undefined {
  try {
    const leaf = new X509Certificate(chainPem);
    return matchesPublicKey(keyPem, leaf.publicKey) ? leaf : undefined;
  } catch {
    return undefined; // the caller orders a new one
  }
}

function alternativeNames({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName
    .split(', ')
    .map((name) => name.replace(/^DNS:/, ''))
    .sort();
}

function decode(encoded: string | undefined): string {
  return Buffer.from(encoded ?? '', 'base64').toString('utf8');
}
