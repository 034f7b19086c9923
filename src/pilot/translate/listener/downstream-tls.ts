import type { ServerTlsSettings } from '../../../istio';
import { anyOf, type DownstreamTlsContext, type TransportSocket } from '../../proto';
import { ADS_SECRET_SOURCE, AGENT_FILE_SOURCE, AGENT_SECRET_SOURCE } from '../config-source';

type CommonTls = NonNullable<DownstreamTlsContext['commonTlsContext']>;
type TlsParameters = NonNullable<CommonTls['tlsParams']>;
type ValidationContext = NonNullable<CommonTls['combinedValidationContext']>['defaultValidationContext'];

const VERSIONS: Readonly<Record<string, NonNullable<TlsParameters['tlsMinimumProtocolVersion']>>> = {
  TLSV1_0: 'TLSv1_0',
  TLSV1_1: 'TLSv1_1',
  TLSV1_2: 'TLSv1_2',
  TLSV1_3: 'TLSv1_3',
};

/** ALPN names of HTTP servers, and of TCP servers that mesh sidecars call. */
const HTTP_NAMES = ['h2', 'http/1.1'];
const MESH_TCP_NAMES = ['istio-peer-exchange', 'h2', 'http/1.1'];

/** The transport socket of a Gateway server that ends TLS. */
export function serverTlsSocket(tls: ServerTlsSettings, http: boolean): TransportSocket {
  const mutual = tls.mode === 'MUTUAL' || tls.mode === 'ISTIO_MUTUAL';
  return {
    name: 'envoy.transport_sockets.tls',
    typedConfig: anyOf('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
      commonTlsContext: {
        ...certificates(tls),
        alpnProtocols: tls.mode === 'ISTIO_MUTUAL' && !http ? MESH_TCP_NAMES : HTTP_NAMES,
      },
      requireClientCertificate: mutual,
    }),
  };
}

function certificates(tls: ServerTlsSettings): CommonTls {
  if (tls.mode === 'ISTIO_MUTUAL') return ownIdentity(tls);
  const names = tls.credentialNames?.length ? tls.credentialNames : tls.credentialName ? [tls.credentialName] : [];
  return { tlsParams: tlsParameters(tls), ...(names.length > 0 ? fromSecrets(tls, names) : fromFiles(tls)) };
}

function ownIdentity(tls: ServerTlsSettings): CommonTls {
  return {
    tlsCertificateSdsSecretConfigs: [{ name: 'default', sdsConfig: AGENT_SECRET_SOURCE }],
    combinedValidationContext: {
      defaultValidationContext: validation(tls),
      validationContextSdsSecretConfig: { name: 'ROOTCA', sdsConfig: AGENT_SECRET_SOURCE },
    },
  };
}

function fromSecrets(tls: ServerTlsSettings, names: readonly string[]): CommonTls {
  const [first = ''] = names;
  const roots = `${secretName(tls.caCertCredentialName ?? first)}-cacert`;
  return {
    tlsCertificateSdsSecretConfigs: names.map((name) => ({ name: secretName(name), sdsConfig: ADS_SECRET_SOURCE })),
    combinedValidationContext: checksClients(tls)
      ? {
          defaultValidationContext: validation(tls),
          validationContextSdsSecretConfig: { name: roots, sdsConfig: ADS_SECRET_SOURCE },
        }
      : undefined,
    validationContext: !checksClients(tls) && tls.subjectAltNames?.length ? validation(tls) : undefined,
  };
}

function fromFiles(tls: ServerTlsSettings): CommonTls {
  const pairs = tls.tlsCertificates?.length ? tls.tlsCertificates : [tls];
  const roots = tls.caCertificates ?? tls.tlsCertificates?.[0]?.caCertificates ?? '';
  return {
    tlsCertificateSdsSecretConfigs: pairs.map(({ serverCertificate, privateKey }) => ({
      name: `file-cert:${serverCertificate ?? ''}~${privateKey ?? ''}`,
      sdsConfig: AGENT_FILE_SOURCE,
    })),
    combinedValidationContext: checksClients(tls)
      ? {
          defaultValidationContext: validation(tls),
          validationContextSdsSecretConfig: { name: `file-root:${roots}`, sdsConfig: AGENT_FILE_SOURCE },
        }
      : undefined,
  };
}

/** Names of Secrets in SDS: `kubernetes://name`, unless the object says where from itself. */
function secretName(credentialName: string): string {
  return credentialName.includes('://') ? credentialName : `kubernetes://${credentialName}`;
}

function checksClients({ mode }: ServerTlsSettings): boolean {
  return mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL';
}

function validation({
  caCrl,
  subjectAltNames,
  verifyCertificateHash,
  verifyCertificateSpki,
}: ServerTlsSettings): ValidationContext {
  return {
    matchSubjectAltNames: subjectAltNames?.length ? subjectAltNames.map((exact) => ({ exact })) : undefined,
    verifyCertificateHash: verifyCertificateHash?.length ? verifyCertificateHash : undefined,
    verifyCertificateSpki: verifyCertificateSpki?.length ? verifyCertificateSpki : undefined,
    crl: caCrl ? { filename: caCrl } : undefined,
  };
}

function tlsParameters({
  minProtocolVersion = 'TLS_AUTO',
  maxProtocolVersion = 'TLS_AUTO',
  cipherSuites,
}: ServerTlsSettings): TlsParameters | undefined {
  const parameters = {
    tlsMinimumProtocolVersion: VERSIONS[minProtocolVersion],
    tlsMaximumProtocolVersion: VERSIONS[maxProtocolVersion],
    cipherSuites: cipherSuites?.length ? cipherSuites : undefined,
  };
  return Object.values(parameters).some((value) => value !== undefined) ? parameters : undefined;
}
