import type { FindingText } from '../../findings';
import { example, REFUSED } from './example';

const error = 'error' as const;
const warning = 'warning' as const;

/** Findings of Gateway, and of TLS settings of servers. */
export const gatewayTexts: readonly FindingText[] = [
  {
    code: 'FLO8030',
    severity: error,
    when: 'a Gateway has no servers',
    fix: 'add a server with port and hosts',
    traffic: `${REFUSED} The gateway would open no port.`,
    example: example('Gateway', 'selector: {istio: ingressgateway}\nservers: []'),
  },
  {
    code: 'FLO8031',
    severity: error,
    when: 'protocol and tls of a server do not fit together',
    fix: 'HTTPS and TLS need tls; HTTP has httpsRedirect at most, TCP has none',
    traffic: `${REFUSED} Clients would speak TLS to a port that does not, or the other way round.`,
    example: example(
      'Gateway',
      'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: [shop.example.com]}]',
    ),
  },
  {
    code: 'FLO8032',
    severity: error,
    when: 'the certificates of a server do not fit its mode: missing, or given where the mesh provides them',
    fix: 'give credentialName for SIMPLE and MUTUAL, and no certificate for ISTIO_MUTUAL',
    traffic: `${REFUSED} The gateway could not show a certificate, and every TLS handshake would fail.`,
    example: example(
      'Gateway',
      'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: [shop.example.com], tls: {mode: SIMPLE}}]',
    ),
  },
  {
    code: 'FLO8033',
    severity: warning,
    when: 'TLS settings have no effect: unknown or repeated ciphers, certificates with PASSTHROUGH, an old version without ciphers',
    fix: 'remove what is ignored, or change the mode',
    traffic:
      'Connections are made without the setting; with an old version and no cipher that fits it, old clients cannot connect.',
    example: example(
      'Gateway',
      'servers: [{port: {number: 443, name: tls, protocol: TLS}, hosts: [shop.example.com], tls: {mode: PASSTHROUGH, credentialName: shop}}]',
    ),
  },
  {
    code: 'FLO8034',
    severity: error,
    when: 'targetPort is given for a port of a Gateway or Sidecar',
    fix: 'remove targetPort; the ports of the gateway Service are set there',
    traffic: REFUSED,
    example: example(
      'Gateway',
      'servers: [{port: {number: 80, name: http, protocol: HTTP, targetPort: 8080}, hosts: [shop.example.com]}]',
    ),
  },
  {
    code: 'FLO8035',
    severity: warning,
    when: 'httpsRedirect is given on a port that does not speak HTTP',
    fix: 'put it on the HTTP port',
    traffic: 'Nothing is redirected.',
    example: example(
      'Gateway',
      'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: [shop.example.com], tls: {mode: SIMPLE, credentialName: shop, httpsRedirect: true}}]',
    ),
  },
];
