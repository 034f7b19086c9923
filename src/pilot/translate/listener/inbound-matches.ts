import type { EffectiveTlsMode } from '../../model';
import { PLAIN_HTTP_PROTOCOLS } from './inspectors';

/** One way in which a connection can arrive at a sidecar, and how it is then read. */
export interface InboundMatch {
  readonly transportProtocol: 'tls' | 'raw_buffer';
  readonly applicationProtocols?: readonly string[];
  readonly http: boolean;
  /** The sidecar ends mesh TLS; otherwise TLS stays unopened. */
  readonly endsTls: boolean;
}

/** How a port's connections are read: as HTTP, as bytes, or found out by looking. */
export type InboundReading = 'http' | 'tcp' | 'either';

/** ALPN names of mesh TLS with HTTP inside, with anything else inside, and all of them. */
const MESH_HTTP = ['istio-http/1.0', 'istio-http/1.1', 'istio-h2'];
const MESH_TCP = ['istio-peer-exchange', 'istio'];
const MESH_ALL = ['istio', 'istio-peer-exchange', ...MESH_HTTP];

const tls = (http: boolean, applicationProtocols?: readonly string[]): InboundMatch => ({
  transportProtocol: 'tls',
  ...(applicationProtocols ? { applicationProtocols } : {}),
  http,
  endsTls: true,
});
const plain = (http: boolean, applicationProtocols?: readonly string[]): InboundMatch => ({
  transportProtocol: 'raw_buffer',
  ...(applicationProtocols ? { applicationProtocols } : {}),
  http,
  endsTls: false,
});
/** TLS of the application's own, which the sidecar does not open. */
const foreignTls: InboundMatch = { transportProtocol: 'tls', http: false, endsTls: false };

const MATCHES: Readonly<Record<EffectiveTlsMode, Readonly<Record<InboundReading, readonly InboundMatch[]>>>> = {
  STRICT: {
    http: [tls(true)],
    tcp: [tls(false)],
    either: [tls(true, MESH_HTTP), tls(false)],
  },
  PERMISSIVE: {
    http: [tls(true, MESH_ALL), plain(true)],
    tcp: [tls(false, MESH_ALL), foreignTls, plain(false)],
    either: [tls(true, MESH_HTTP), plain(true, PLAIN_HTTP_PROTOCOLS), tls(false, MESH_TCP), plain(false), foreignTls],
  },
  DISABLE: {
    http: [plain(true)],
    tcp: [plain(false)],
    either: [plain(true, PLAIN_HTTP_PROTOCOLS), plain(false)],
  },
};

/** The ways in which connections arrive at a port whose mutual TLS is set so (Istio's PeerAuthentication). */
export function inboundMatches(mode: EffectiveTlsMode, reading: InboundReading): readonly InboundMatch[] {
  return MATCHES[mode][reading];
}
