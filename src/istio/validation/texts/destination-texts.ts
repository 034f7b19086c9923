import type { FindingText } from '../../findings';
import { example, REFUSED } from './example';

const error = 'error' as const;
const warning = 'warning' as const;
const policy = (text: string): string =>
  example('DestinationRule', `host: checkout.shop.example.com\ntrafficPolicy: {${text}}`);
const locality = (text: string): string =>
  policy(`outlierDetection: {maxEjectionPercent: 100}, loadBalancer: {localityLbSetting: {${text}}}`);

/** Findings of DestinationRule. */
export const destinationTexts: readonly FindingText[] = [
  {
    code: 'FLO8070',
    severity: error,
    when: 'a traffic policy has no setting',
    fix: 'add a setting, or remove the policy',
    traffic: REFUSED,
    example: example('DestinationRule', 'host: checkout\ntrafficPolicy: {}'),
  },
  {
    code: 'FLO8071',
    severity: error,
    when: 'a tunnel has a protocol or target that cannot be, or stands beside proxyProtocol',
    fix: 'give protocol CONNECT or POST, targetHost and targetPort; keep one of tunnel and proxyProtocol',
    traffic: REFUSED,
    example: policy('tunnel: {protocol: SOCKS, targetHost: out.example.com, targetPort: 443}'),
  },
  {
    code: 'FLO8072',
    severity: error,
    when: 'consecutiveLocalOriginFailures is given without splitExternalLocalOriginErrors',
    fix: 'write splitExternalLocalOriginErrors: true',
    traffic: `${REFUSED} Failures to connect would be counted as errors of the host, by the other limits.`,
    example: policy('outlierDetection: {consecutiveLocalOriginFailures: 3}'),
  },
  {
    code: 'FLO8073',
    severity: error,
    when: 'a connection pool is empty, has a negative limit, or settings that contradict one another',
    fix: 'give tcp or http with limits of 0 and more',
    traffic: REFUSED,
    example: policy('connectionPool: {tcp: {maxConnections: -1}}'),
  },
  {
    code: 'FLO8074',
    severity: error,
    when: 'consistent hashing has no cookie name, or a Maglev table whose size is no prime number',
    fix: 'name the cookie; write a prime such as 65537',
    traffic: `${REFUSED} A proxy refuses a Maglev table of another size.`,
    example: policy('loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 1000}}}'),
  },
  {
    code: 'FLO8075',
    severity: error,
    when: 'distribute and failover are given together (trap R4), or failover and topology labels in failoverPriority',
    fix: 'keep one; an AccessPoint makes weights and failover out of one intent',
    traffic: `${REFUSED} Istio cannot hold a split in peace and an order for emergencies in one rule.`,
    example: locality(
      'distribute: [{from: east/east-1/*, to: {east/east-1/*: 100}}], failover: [{from: east, to: west}]',
    ),
  },
  {
    code: 'FLO8076',
    severity: error,
    when: 'a locality weight is not 1 to 100, or the weights of a `to` do not sum to 100 (trap R3)',
    fix: 'write whole percents that sum to 100, and leave out what is to get nothing',
    traffic: `${REFUSED} The zones would keep the split that they have.`,
    example: locality('distribute: [{from: east/east-1/*, to: {east/east-1/*: 100, west/west-1/*: 0}}]'),
  },
  {
    code: 'FLO8077',
    severity: error,
    when: 'a locality has an empty part, a * that is not at its end or more than one (trap R1), or a `from` overlaps with an earlier one',
    fix: 'write region/zone/*, one `from` for each source zone',
    traffic: `${REFUSED} Two rules for one zone: only the first would count.`,
    example: locality('distribute: [{from: "*/*", to: {east/east-1/*: 100}}]'),
  },
  {
    code: 'FLO8078',
    severity: error,
    when: 'two localities of one `to` overlap, as a wildcard beside a named zone does (trap R16)',
    fix: 'name every zone once as region/zone/*, and use no bare *',
    traffic:
      'istiod goes through `to` in random order. When the named zone comes first, the split is as written; when the wildcard does, it takes every endpoint, and all zones get the same share. The next push may turn it round.',
    example: locality('distribute: [{from: east/east-1/*, to: {east/east-1/*: 97, "*": 3}}]'),
  },
  {
    code: 'FLO8079',
    severity: warning,
    when: 'failover is given without outlierDetection',
    fix: 'add outlierDetection with maxEjectionPercent: 100',
    traffic: 'No host is ever found dead, so nothing fails over: requests to a dead zone go on failing.',
    example: policy('loadBalancer: {localityLbSetting: {failover: [{from: east, to: west}]}}'),
  },
  {
    code: 'FLO8080',
    severity: error,
    when: 'the certificates of client TLS do not fit: missing for MUTUAL, or given twice',
    fix: 'give credentialName, or clientCertificate and privateKey',
    traffic: `${REFUSED} The TLS handshake would fail.`,
    example: policy('tls: {mode: MUTUAL}'),
  },
  {
    code: 'FLO8081',
    severity: error,
    when: 'the name of a subset is empty or no DNS label',
    fix: 'write letters, digits and hyphens',
    traffic: REFUSED,
    example: example('DestinationRule', 'host: checkout\nsubsets: [{name: v_1, labels: {version: v1}}]'),
  },
  {
    code: 'FLO8082',
    severity: error,
    when: 'failover names zones, a wildcard, or the same region twice (trap R2)',
    fix: 'write regions only; for the order of zones use failoverPriority, or an AccessPoint',
    traffic: `${REFUSED} Nothing would fail over: regions are compared as texts.`,
    example: locality('failover: [{from: east/east-1, to: west/west-1}]'),
  },
  {
    code: 'FLO8083',
    severity: error,
    when: 'settings of a port have no port number, or no setting',
    fix: 'give port.number and a setting',
    traffic: REFUSED,
    example: policy('portLevelSettings: [{tls: {mode: DISABLE}}]'),
  },
];
