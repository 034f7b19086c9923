import type { MeshModel } from '../../model';
import { anyOf, type TransportSocket } from '../../proto';
import { AGENT_SECRET_SOURCE } from '../config-source';

/** Cipher suites that Istio's workloads offer with TLS 1.2. */
const CIPHER_SUITES: readonly string[] = [
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-GCM-SHA256',
];

/** The transport socket of inbound mesh TLS: the workload's own certificate, and a peer of the trust domain. */
export function meshTlsSocket({ mesh: { trustDomain } }: MeshModel, http: boolean): TransportSocket {
  return {
    name: 'envoy.transport_sockets.tls',
    typedConfig: anyOf('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
      commonTlsContext: {
        tlsParams: {
          tlsMinimumProtocolVersion: 'TLSv1_2',
          tlsMaximumProtocolVersion: 'TLSv1_3',
          cipherSuites: CIPHER_SUITES,
        },
        tlsCertificateSdsSecretConfigs: [{ name: 'default', sdsConfig: AGENT_SECRET_SOURCE }],
        combinedValidationContext: {
          defaultValidationContext: { matchSubjectAltNames: [{ prefix: `spiffe://${trustDomain}/` }] },
          validationContextSdsSecretConfig: { name: 'ROOTCA', sdsConfig: AGENT_SECRET_SOURCE },
        },
        alpnProtocols: http ? ['h2', 'http/1.1'] : ['istio-peer-exchange', 'h2', 'http/1.1'],
      },
      requireClientCertificate: true,
    }),
  };
}
