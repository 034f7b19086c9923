import { createKey, issueLeaf, type KeyAlgorithm, publicKeyOf, withoutRoot } from '../authority';
import type { Issuer } from '../intermediate/decide-intermediate';

/** Key, chain and trusted root of a TLS server, in PEM. */
export interface ServerCertificate {
  readonly privateKey: string;
  /** Leaf and intermediate. */
  readonly certificateChain: string;
  /** What client certificates are verified against. */
  readonly trustBundle: string;
}

/** What the primary's own server certificate is made from. */
export interface ServerCertificateOptions {
  readonly issuer: Issuer;
  readonly algorithm: KeyAlgorithm;
  readonly rootNamespace: string;
  /** The address that it listens on, so that local clients can check it. */
  readonly ipAddresses: readonly string[];
  readonly lifetimeMs: number;
  readonly nowMs: number;
}

/** A certificate for the primary's TLS port under istiod's names, for its proxies are told to expect those. */
export async function issueServerCertificate(options: ServerCertificateOptions): Promise<ServerCertificate> {
  const { issuer, rootNamespace, ipAddresses, lifetimeMs, nowMs } = options;
  const privateKey = await createKey(options.algorithm);
  const dnsNames = [`istiod.${rootNamespace}.svc`, `istiod.${rootNamespace}.svc.cluster.local`, 'localhost'];
  const identity = { dnsNames, ipAddresses };
  const chain = await issueLeaf({ signer: issuer, publicKey: publicKeyOf(privateKey), identity, lifetimeMs, nowMs });
  return { privateKey, certificateChain: withoutRoot(chain), trustBundle: issuer.trustPem };
}
