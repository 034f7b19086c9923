import type { ConnectionPoolSettings } from '../../../istio';
import { parseDurationMs } from '../../../istio';
import { anyOf, type Cluster, type envoy } from '../../proto';
import { durationOf } from '../proto-duration';

type HttpProtocolOptions = envoy.extensions.upstreams.http.v3.HttpProtocolOptions;

const UNLIMITED = 4294967295;
const DEFAULT_CONNECT_TIMEOUT = '10s';
const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/** Connect timeout, circuit breakers and keep-alive of a cluster. Without settings nothing is limited, as in Istio. */
export function connectionFields(pool: ConnectionPoolSettings | undefined): Partial<Cluster> {
  const { tcp, http } = pool ?? {};
  return {
    connectTimeout: durationOf(tcp?.connectTimeout) ?? DEFAULT_CONNECT_TIMEOUT,
    circuitBreakers: {
      thresholds: [
        {
          maxConnections: positive(tcp?.maxConnections),
          maxPendingRequests: positive(http?.http1MaxPendingRequests),
          maxRequests: positive(http?.http2MaxRequests),
          maxRetries: positive(http?.maxRetries),
        },
      ],
    },
    upstreamConnectionOptions: keepAlive(tcp?.tcpKeepalive),
  };
}

function positive(limit: number | undefined): number {
  return limit !== undefined && limit > 0 ? limit : UNLIMITED;
}

type TcpKeepalive = NonNullable<NonNullable<ConnectionPoolSettings['tcp']>['tcpKeepalive']>;

function keepAlive(settings: TcpKeepalive | undefined): Cluster['upstreamConnectionOptions'] {
  if (!settings) return undefined;
  return {
    tcpKeepalive: {
      keepaliveProbes: settings.probes || undefined,
      keepaliveTime: wholeSeconds(settings.time),
      keepaliveInterval: wholeSeconds(settings.interval),
    },
  };
}

function wholeSeconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : Math.floor(parseDurationMs(duration) / 1000);
}

/** What decides the HTTP options of a cluster. */
export interface HttpOptionsInput {
  readonly pool: ConnectionPoolSettings | undefined;
  /** The port carries HTTP/2. */
  readonly http2: boolean;
  /** The upstream certificate is checked against the host that the request asks for. */
  readonly autoSni?: boolean;
  readonly autoSanValidation?: boolean;
}

/** Whether a cluster speaks HTTP/2 in any case: by its port, or because the policy upgrades. */
export function speaksHttp2({ pool, http2 }: HttpOptionsInput): boolean {
  const { useClientProtocol, h2UpgradePolicy } = pool?.http ?? {};
  return !useClientProtocol && (http2 || h2UpgradePolicy === 'UPGRADE');
}

/** `typedExtensionProtocolOptions` of a cluster, when anything differs from plain HTTP/1.1. */
export function httpProtocolOptions(input: HttpOptionsInput): Cluster['typedExtensionProtocolOptions'] {
  const common = commonOptions(input.pool);
  const upstream = upstreamOptions(input);
  const http = input.pool?.http;
  const http2 = speaksHttp2(input);
  if (!common && !upstream && !http2 && !http?.useClientProtocol) return undefined;
  return {
    [HTTP_OPTIONS]: anyOf(HTTP_OPTIONS, {
      commonHttpProtocolOptions: common,
      upstreamHttpProtocolOptions: upstream,
      ...protocolConfig(http, http2),
    }),
  };
}

function commonOptions(pool: ConnectionPoolSettings | undefined): HttpProtocolOptions['commonHttpProtocolOptions'] {
  const options = {
    idleTimeout: durationOf(pool?.http?.idleTimeout ?? pool?.tcp?.idleTimeout),
    maxConnectionDuration: durationOf(pool?.tcp?.maxConnectionDuration),
    maxRequestsPerConnection: pool?.http?.maxRequestsPerConnection || undefined,
  };
  return Object.values(options).some((value) => value !== undefined) ? options : undefined;
}

function upstreamOptions(input: HttpOptionsInput): HttpProtocolOptions['upstreamHttpProtocolOptions'] {
  const { autoSni = false, autoSanValidation = false } = input;
  if (!autoSni && !autoSanValidation) return undefined;
  return { autoSni: autoSni || undefined, autoSanValidation: autoSanValidation || undefined };
}

function protocolConfig(
  http: ConnectionPoolSettings['http'],
  http2: boolean,
): { readonly useDownstreamProtocolConfig?: object; readonly explicitHttpConfig?: object } {
  if (http?.useClientProtocol) {
    return { useDownstreamProtocolConfig: { httpProtocolOptions: {}, http2ProtocolOptions: {} } };
  }
  if (!http2) return { explicitHttpConfig: { httpProtocolOptions: {} } };
  const alive = http?.http2KeepAlive;
  return {
    explicitHttpConfig: {
      http2ProtocolOptions: {
        maxConcurrentStreams: http?.maxConcurrentStreams || undefined,
        connectionKeepalive: alive
          ? { interval: durationOf(alive.interval), timeout: durationOf(alive.timeout) }
          : undefined,
      },
    },
  };
}
