import { encodeAny, typeUrlOf } from '../../pilot/proto';

/** Type URL of SDS. */
export const SECRET_TYPE = typeUrlOf('envoy.extensions.transport_sockets.tls.v3.Secret');

/** A workload's certificate with its key, and the root that its peers are checked against; all PEM. */
export interface WorkloadCertificate {
  readonly privateKey: string;
  /** Leaf and intermediates. */
  readonly certificateChain: string;
  readonly root: string;
  readonly notAfterMs: number;
}

/** The two secrets that Istio's proxies ask their agent for, encoded: `default` (own certificate) and `ROOTCA`. */
export function workloadSecrets(certificate: WorkloadCertificate): ReadonlyMap<string, Uint8Array> {
  const inline = (pem: string): { inlineBytes: string } => ({ inlineBytes: Buffer.from(pem).toString('base64') });
  const { certificateChain, privateKey, root } = certificate;
  return new Map([
    [
      'default',
      encodeAny({
        '@type': SECRET_TYPE,
        name: 'default',
        tlsCertificate: { certificateChain: inline(certificateChain), privateKey: inline(privateKey) },
      }),
    ],
    ['ROOTCA', encodeAny({ '@type': SECRET_TYPE, name: 'ROOTCA', validationContext: { trustedCa: inline(root) } })],
  ]);
}
