import type { ClientTlsSettings } from '../../../istio';
import type { MeshService } from '../../model';
import { anyOf, type Cluster, type TransportSocket, type UpstreamTlsContext } from '../../proto';
import { ADS_SECRET_SOURCE, AGENT_FILE_SOURCE, AGENT_SECRET_SOURCE } from '../config-source';
import type { OutboundTarget } from '../outbound-target';
import { RAW_BUFFER } from './raw-buffer';

/** What decides how a cluster secures its connections. */
export interface UpstreamTlsInput {
  readonly service: MeshService;
  /** TLS settings of the DestinationRule, if it has any for this port. */
  readonly tls: ClientTlsSettings | undefined;
  readonly http2: boolean;
  /** `outbound_.80_._.host`, the server name of mesh TLS. */
  readonly meshSni: string;
  /** Whether mesh TLS may be used with workloads that can, where no rule says anything. */
  readonly automatic: boolean;
  /** Whether the proxy may read the Secrets that rules name. */
  readonly credentials: boolean;
}

type Sockets = Pick<Cluster, 'transportSocket' | 'transportSocketMatches'>;
type CommonTls = NonNullable<UpstreamTlsContext['commonTlsContext']>;

const TLS_SOCKET = 'envoy.transport_sockets.tls';
const TLS_CONTEXT = 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
const TLS_PARAMETERS: NonNullable<CommonTls['tlsParams']> = {
  tlsMinimumProtocolVersion: 'TLSv1_2',
  tlsMaximumProtocolVersion: 'TLSv1_3',
};

/** The transport sockets of a cluster: by the rule, else mesh TLS to the endpoints that can, else plain. */
export function upstreamTls(input: UpstreamTlsInput): Sockets {
  const { tls } = input;
  if (!tls) return input.automatic ? automaticTls(input) : {};
  switch (tls.mode ?? 'DISABLE') {
    case 'DISABLE':
      return {};
    case 'ISTIO_MUTUAL':
      return { transportSocket: tlsSocket(meshContext(input, tls)) };
    default:
      // Not every sidecar that a rule reaches may read its Secret; those that may not go without TLS, as Istio's do.
      if (tls.credentialName && !input.credentials) return {};
      return { transportSocket: tlsSocket(customContext(input, tls)) };
  }
}

function automaticTls(input: UpstreamTlsInput): Sockets {
  return {
    transportSocketMatches: [
      { name: 'tlsMode-istio', match: { tlsMode: 'istio' }, transportSocket: tlsSocket(meshContext(input, {})) },
      { name: 'tlsMode-disabled', match: {}, transportSocket: RAW_BUFFER },
    ],
  };
}

function tlsSocket(context: UpstreamTlsContext): TransportSocket {
  return { name: TLS_SOCKET, typedConfig: anyOf(TLS_CONTEXT, context) };
}

/** With the workload's own certificate; the peer has to show an identity of the service. */
function meshContext({ service, http2, meshSni }: UpstreamTlsInput, tls: ClientTlsSettings): UpstreamTlsContext {
  const names = tls.subjectAltNames?.length ? tls.subjectAltNames : identitiesOf(service);
  return {
    commonTlsContext: {
      tlsParams: TLS_PARAMETERS,
      tlsCertificateSdsSecretConfigs: [{ name: 'default', sdsConfig: AGENT_SECRET_SOURCE }],
      combinedValidationContext: {
        defaultValidationContext: validation(names),
        validationContextSdsSecretConfig: { name: 'ROOTCA', sdsConfig: AGENT_SECRET_SOURCE },
      },
      alpnProtocols: ['istio-peer-exchange', 'istio', ...(http2 ? ['h2'] : [])],
    },
    sni: tls.sni || meshSni,
  };
}

/** With certificates that the rule names: from a Secret or from files. A ServiceEntry may say whom to expect. */
function customContext({ http2, service }: UpstreamTlsInput, tls: ClientTlsSettings): UpstreamTlsContext {
  const expects =
    service.registry === 'ServiceEntry' && !tls.subjectAltNames?.length ? identitiesOf(service) : undefined;
  const settings = expects?.length ? { ...tls, subjectAltNames: [...expects] } : tls;
  return {
    commonTlsContext: {
      tlsParams: TLS_PARAMETERS,
      ...(settings.credentialName ? fromSecret(settings) : fromFiles(settings)),
      alpnProtocols: http2 ? ['h2'] : undefined,
    },
    sni: tls.sni || undefined,
  };
}

/** Gateways read Secrets of their namespace; sidecars only when the rule selects them by labels. */
export function usesCredentials({ proxy, rule }: OutboundTarget): boolean {
  return proxy.type === 'router' || rule?.workloadSelector !== undefined;
}

function fromSecret({
  mode,
  credentialName = '',
  subjectAltNames = [],
  insecureSkipVerify,
}: ClientTlsSettings): CommonTls {
  const name = credentialName.includes('://') ? credentialName : `kubernetes://${credentialName}`;
  return {
    tlsCertificateSdsSecretConfigs: mode === 'MUTUAL' ? [{ name, sdsConfig: ADS_SECRET_SOURCE }] : undefined,
    combinedValidationContext: insecureSkipVerify
      ? undefined
      : {
          defaultValidationContext: validation(subjectAltNames),
          validationContextSdsSecretConfig: { name: `${name}-cacert`, sdsConfig: ADS_SECRET_SOURCE },
        },
  };
}

function fromFiles(tls: ClientTlsSettings): CommonTls {
  const { mode, clientCertificate, privateKey, caCertificates, caCrl, subjectAltNames = [], insecureSkipVerify } = tls;
  const certificate = `file-cert:${clientCertificate ?? ''}~${privateKey ?? ''}`;
  return {
    tlsCertificateSdsSecretConfigs:
      mode === 'MUTUAL' ? [{ name: certificate, sdsConfig: AGENT_FILE_SOURCE }] : undefined,
    combinedValidationContext: insecureSkipVerify
      ? undefined
      : {
          defaultValidationContext: validation(subjectAltNames, caCrl),
          validationContextSdsSecretConfig: {
            name: `file-root:${caCertificates || 'system'}`,
            sdsConfig: AGENT_FILE_SOURCE,
          },
        },
  };
}

function validation(
  names: readonly string[],
  revocations?: string,
): NonNullable<CommonTls['combinedValidationContext']>['defaultValidationContext'] {
  return {
    matchSubjectAltNames: names.length > 0 ? names.map((exact) => ({ exact })) : undefined,
    crl: revocations ? { filename: revocations } : undefined,
  };
}

/** Identities that may stand behind the service, sorted. */
function identitiesOf({ endpoints, subjectAltNames }: MeshService): readonly string[] {
  const names = new Set(subjectAltNames);
  for (const ofPort of endpoints.values()) for (const { identity } of ofPort) if (identity) names.add(identity);
  return [...names].sort();
}

/** Whether requests of this cluster get their server name from their host header (Istio: SIMPLE or MUTUAL without sni). */
export function automaticSni(
  tls: ClientTlsSettings | undefined,
  credentials: boolean,
): { autoSni: boolean; autoSanValidation: boolean } {
  const external = (tls?.mode === 'SIMPLE' || tls?.mode === 'MUTUAL') && (!tls.credentialName || credentials);
  const autoSni = external && !tls.sni;
  return { autoSni, autoSanValidation: autoSni && !tls.subjectAltNames?.length && !tls.insecureSkipVerify };
}
