import type { FindingText } from '../../findings';
import { example, REFUSED, ROUTE } from './example';

const error = 'error' as const;
const warning = 'warning' as const;

/** Findings that objects of several kinds can have. */
export const sharedTexts: readonly FindingText[] = [
  {
    code: 'FLO8001',
    severity: error,
    when: 'a field has a value of the wrong type, or one out of its bounds',
    fix: 'write a value that the reference of the kind allows',
    traffic: REFUSED,
    example: example('DestinationRule', 'host: checkout\ntrafficPolicy: {outlierDetection: {maxEjectionPercent: 150}}'),
  },
  {
    code: 'FLO8002',
    severity: error,
    when: 'a field does not exist, most often because it is misspelt or one level too deep',
    fix: 'correct the name or the indentation',
    traffic:
      'An API server drops fields that it does not know, unless it is asked to be strict: the setting has no effect, and nobody is told.',
    example: example('DestinationRule', 'host: checkout\ntrafficPolicy: {outlierDetection: {consecutive5xxError: 5}}'),
  },
  {
    code: 'FLO8003',
    severity: error,
    when: 'a field is missing that the kind cannot do without',
    fix: 'add the field',
    traffic: REFUSED,
    example: example('ServiceEntry', 'resolution: DNS'),
  },
  {
    code: 'FLO8004',
    severity: error,
    when: 'name, namespace, labels or annotations are not as Kubernetes wants them',
    fix: 'use lower-case letters, digits and hyphens for names, and quote numbers and booleans in labels and annotations',
    traffic: REFUSED,
    example:
      'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: web.tier, namespace: shop}\nspec: {servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}',
  },
  {
    code: 'FLO8005',
    severity: error,
    when: 'the kind is not served in the version that apiVersion names',
    fix: 'write the version in the hint',
    traffic: REFUSED,
    example:
      'apiVersion: networking.istio.io/v2\nkind: WorkloadEntry\nmetadata: {name: example}\nspec: {address: 10.2.0.10}',
  },
  {
    code: 'FLO8006',
    severity: error,
    when: 'fields are given together of which only one may be',
    fix: 'keep the one that is meant',
    traffic: `${REFUSED} Without the check it is a matter of chance which of them counts.`,
    example: example(
      'DestinationRule',
      'host: checkout\ntrafficPolicy: {loadBalancer: {simple: RANDOM, consistentHash: {useSourceIp: true}}}',
    ),
  },
  {
    code: 'FLO8007',
    severity: error,
    when: 'a host is no fully qualified name, or has a wildcard elsewhere than in its first label',
    fix: 'write a name such as checkout.shop.example.com, or *.shop.example.com',
    traffic: `${REFUSED} A proxy would match no request with such a host.`,
    example: example(
      'DestinationRule',
      'host: checkout_v2.shop.example.com\ntrafficPolicy: {tls: {mode: ISTIO_MUTUAL}}',
    ),
  },
  {
    code: 'FLO8008',
    severity: error,
    when: 'a port is not a number from 1 to 65535, or its name is no DNS label',
    fix: 'write a port, and a name of letters, digits and hyphens',
    traffic: REFUSED,
    example: example(
      'ServiceEntry',
      'hosts: [pay.example.com]\nports: [{number: 443, name: tls_pay, protocol: TLS}]\nresolution: DNS',
    ),
  },
  {
    code: 'FLO8009',
    severity: error,
    when: 'the protocol of a port is none that Istio knows',
    fix: 'write HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, TLS, TCP, MONGO, REDIS or MYSQL',
    traffic: `${REFUSED} Without a known protocol, connections are passed on as bytes: no routes, no retries, no metrics of requests.`,
    example: example(
      'ServiceEntry',
      'hosts: [pay.example.com]\nports: [{number: 443, name: pay, protocol: HTTP3S}]\nresolution: DNS',
    ),
  },
  {
    code: 'FLO8010',
    severity: error,
    when: 'a duration is shorter than a millisecond, or finer than one',
    fix: 'write at least 1ms, in whole milliseconds; to switch a timeout off, leave it out',
    traffic: REFUSED,
    example: example('VirtualService', `hosts: [checkout]\nhttp: [{timeout: 0s, ${ROUTE}}]`),
  },
  {
    code: 'FLO8011',
    severity: error,
    when: 'exportTo names something that is no namespace, says the same twice, or mixes * or ~ with others',
    fix: 'list namespaces and ".", or "*" alone',
    traffic: `${REFUSED} A name that is no namespace hides the object from whoever was meant.`,
    example: example('VirtualService', `hosts: [checkout]\nexportTo: [".", "*"]\nhttp: [{${ROUTE}}]`),
  },
  {
    code: 'FLO8012',
    severity: error,
    when: 'a selector has an empty key or a wildcard',
    fix: 'write the labels of the workloads as they are; leave the value out of the selector to mean any',
    traffic: `${REFUSED} Selectors compare texts: a * would match no workload.`,
    example: example('PeerAuthentication', 'selector: {matchLabels: {app: "check*"}}\nmtls: {mode: STRICT}'),
  },
  {
    code: 'FLO8013',
    severity: warning,
    when: 'a selector is given without labels',
    fix: 'name the labels of the workloads, or leave the selector out to say that all are meant',
    traffic:
      'The object applies to every workload of its namespace, and to the whole mesh when it is in the root namespace.',
    example: example('PeerAuthentication', 'selector: {matchLabels: {}}\nmtls: {mode: STRICT}'),
  },
  {
    code: 'FLO8014',
    severity: error,
    when: 'a regular expression is empty, too long, or uses what RE2 does not have (look-around, back references)',
    fix: 'write an expression of RE2 with at most 1024 characters',
    traffic: `${REFUSED} A proxy that got it would refuse all routes of the listener, and keep its old ones.`,
    example: example(
      'VirtualService',
      `hosts: [checkout]\nhttp: [{match: [{uri: {regex: "/(?!admin).*"}}], ${ROUTE}}]`,
    ),
  },
  {
    code: 'FLO8015',
    severity: error,
    when: 'a percentage is neither 0 nor between 0.0001 and 100',
    fix: 'write a percentage, for example 0.5 for one request in two hundred',
    traffic: REFUSED,
    example: example(
      'VirtualService',
      `hosts: [checkout]\nhttp: [{fault: {abort: {httpStatus: 503, percentage: {value: 0.00001}}}, ${ROUTE}}]`,
    ),
  },
  {
    code: 'FLO8016',
    severity: error,
    when: 'a label has a key or a value that Kubernetes does not take',
    fix: 'use at most 63 letters, digits, hyphens, dots and underscores',
    traffic: `${REFUSED} No pod can carry such a label, so nothing would be selected.`,
    example: example('DestinationRule', 'host: checkout\nsubsets: [{name: v1, labels: {version: "1.0 beta"}}]'),
  },
  {
    code: 'FLO8017',
    severity: error,
    when: 'the name or value of a header is not valid, or the header is one that cannot be changed',
    fix: 'write a name of letters, digits, - and _; change the host with rewrite.authority',
    traffic: `${REFUSED} A proxy that got it would refuse all routes of the listener.`,
    example: example(
      'VirtualService',
      `hosts: [checkout]\nhttp: [{headers: {response: {set: {Host: other}}}, ${ROUTE}}]`,
    ),
  },
  {
    code: 'FLO8018',
    severity: error,
    when: 'two entries of a list have the same name or number',
    fix: 'give each a name and a number of its own, or merge the two',
    traffic: REFUSED,
    example: example(
      'DestinationRule',
      'host: checkout\nsubsets: [{name: v1, labels: {version: a}}, {name: v1, labels: {version: b}}]',
    ),
  },
  {
    code: 'FLO8019',
    severity: warning,
    when: 'a field is deprecated',
    fix: 'use the field in the hint',
    traffic: 'It works for now; a later Istio may ignore it.',
    example: example(
      'VirtualService',
      `hosts: [checkout]\nhttp: [{mirror: {host: copy}, mirrorPercent: 10, ${ROUTE}}]`,
    ),
  },
  {
    code: 'FLO8020',
    severity: error,
    when: 'an address is no IP address, network or unix socket',
    fix: 'write for example 10.2.0.10, 10.2.0.0/16, fd00::10 or unix:///run/app.sock',
    traffic: REFUSED,
    example: example(
      'ServiceEntry',
      'hosts: [db.example.com]\naddresses: [10.2.0.256]\nports: [{number: 5432, name: tcp, protocol: TCP}]\nresolution: STATIC',
    ),
  },
  {
    code: 'FLO8021',
    severity: error,
    when: 'the target of a policy has no name, is in another namespace, or is of a kind that policies do not apply to',
    fix: 'name a Service, a ServiceEntry or a Gateway (gateway.networking.k8s.io) of the same namespace',
    traffic: `${REFUSED} The policy would protect nothing.`,
    example: example(
      'AuthorizationPolicy',
      'targetRefs: [{kind: Deployment, group: apps, name: checkout}]\nrules: [{}]',
    ),
  },
  {
    code: 'FLO8127',
    severity: error,
    when: 'the annotation istio.io/dry-run is on an object that cannot be tried out, or is neither true nor false',
    fix: 'remove the annotation, or write "true" on an ALLOW or DENY AuthorizationPolicy',
    traffic: REFUSED,
    example:
      'apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: example, annotations: {istio.io/dry-run: "true"}}\nspec: {address: 10.2.0.10}',
  },
];
