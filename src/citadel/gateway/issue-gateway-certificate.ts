import type { Secret } from '../../istio';
import { labels } from '../../federation/api';
import { createKey, issueLeaf, type KeyAlgorithm, publicKeyOf, withoutRoot } from '../authority';
import type { Issuer } from '../intermediate/decide-intermediate';
import { type CertificateOrder, ISSUER, ISSUER_LABEL } from './plan-gateway-certificates';

/** What a gateway Secret is made from. */
export interface GatewayCertificateOptions {
  readonly order: CertificateOrder;
  readonly namespace: string;
  readonly mesh: string;
  readonly issuer: Issuer;
  readonly algorithm: KeyAlgorithm;
  readonly lifetimeMs: number;
  readonly nowMs: number;
}

/**
 * A kubernetes.io/tls Secret with a new key: `tls.crt` holds the leaf and the intermediate, as a server sends them, `ca.crt`
 * the root, which Istio uses to check clients of MUTUAL servers.
 */
export async function issueGatewayCertificate(options: GatewayCertificateOptions): Promise<Secret> {
  const { order, issuer, lifetimeMs, nowMs } = options;
  const keyPem = await createKey(options.algorithm);
  const publicKey = publicKeyOf(keyPem);
  const chainPem = await issueLeaf({
    signer: issuer,
    publicKey,
    identity: { dnsNames: order.dnsNames },
    lifetimeMs,
    nowMs,
  });
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: order.secretName,
      namespace: options.namespace,
      labels: { [labels.managedBy]: 'flotilla', [ISSUER_LABEL]: ISSUER },
      annotations: { 'federation.flotilla.dev/mesh': options.mesh },
    },
    type: 'kubernetes.io/tls',
    data: {
      'tls.crt': encode(withoutRoot(chainPem)),
      'tls.key': encode(keyPem),
      'ca.crt': encode(issuer.trustPem),
    },
  };
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
