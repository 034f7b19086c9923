import type { FindingText } from '../findings';
import { known, objects } from './trap-example';

const warning = 'warning' as const;
const HOST = 'checkout.shop.example.com';
const rule = (policy: string): readonly [string, string, string] => [
  'DestinationRule',
  'checkout',
  `spec:\n  host: ${HOST}\n  trafficPolicy: {${policy}}`,
];
const split = (to: string, more = 'outlierDetection: {maxEjectionPercent: 100}, '): readonly [string, string, string] =>
  rule(`${more}loadBalancer: {localityLbSetting: {distribute: [{from: east/east-1/*, to: {${to}}}]}}`);
const entry: readonly [string, string, string] = [
  'ServiceEntry',
  'checkout',
  `spec: {hosts: [${HOST}], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC, workloadSelector: {labels: {app: checkout}}}`,
];
const remote = (rest: string): readonly [string, string, string] => [
  'WorkloadEntry',
  'checkout-west',
  `spec: {${rest}, labels: {app: checkout}}`,
];

/** Traps of localities and endpoints; Rn is the number of the rule among those that Istio's documentation does not tell. */
export const localityTexts: readonly FindingText[] = [
  {
    code: 'FLO8505',
    severity: warning,
    when: 'endpoints are in a locality that a `to` does not name (trap R5)',
    fix: 'name every zone in every `to`, with at least 1; or let an AccessPoint keep the order of failover',
    traffic:
      'Unlisted localities lose all their endpoints for those clients: also when every other zone is dead, requests fail with 503 rather than go there.',
    example: objects(split('east/east-1/*: 100'), entry, remote('address: 10.3.0.10, locality: west/west-1')),
  },
  {
    code: 'FLO8506',
    severity: warning,
    when: 'clients are in a locality that no `from` matches (trap R6)',
    fix: 'add a `from: region/zone/*` for each zone with clients; for an AccessPoint, label the nodes of each cluster as its MemberCluster says',
    traffic:
      'For those clients the split silently does not apply: requests are spread over all zones by the number of endpoints.',
    example: known('zones: [east/east-1, west/west-1]') + objects(split('east/east-1/*: 99, west/west-1/*: 1')),
  },
  {
    code: 'FLO8507',
    severity: warning,
    when: 'a ServiceEntry with resolution STATIC selects a WorkloadEntry whose address is a name (trap R7)',
    fix: 'write the IP address of the load balancer into the WorkloadEntry',
    traffic: 'The endpoint is left out without a word; the other ones take its share.',
    example: objects(entry, remote('address: lb.west.example.com')),
  },
  {
    code: 'FLO8508',
    severity: warning,
    when: 'a WorkloadGroup has a probe, and its WorkloadEntries are written by hand (trap R8)',
    fix: "remove the probe; have the zone's agent probe the address, or set the condition Healthy yourself",
    traffic:
      'Probes are run by the agent beside a workload. An entry that stands for a load balancer has none: it counts as healthy for ever.',
    example: objects(
      [
        'WorkloadGroup',
        'checkout',
        'spec: {metadata: {labels: {app: checkout}}, template: {serviceAccount: checkout}, probe: {tcpSocket: {port: 80}}}',
      ],
      remote('address: 10.3.0.10'),
    ),
  },
  {
    code: 'FLO8509',
    severity: warning,
    when: 'a WorkloadEntry has health checks enabled and no condition Healthy that is True (trap R9)',
    fix: 'write the condition together with the annotation, or remove the annotation',
    traffic: 'The endpoint is left out until somebody writes the condition.',
    example:
      'apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: checkout-west, namespace: shop, annotations: {proxy.istio.io/health-checks-enabled: "true"}}\nspec: {address: 10.3.0.10, labels: {app: checkout}}',
  },
  {
    code: 'FLO8510',
    severity: warning,
    when: 'a split by locality has no outlierDetection (trap R10)',
    fix: 'add outlierDetection with maxEjectionPercent: 100',
    traffic: 'No host is ever taken out: a zone that is dead keeps its share, and that share of the requests fails.',
    example: objects(split('east/east-1/*: 99, west/west-1/*: 1', '')),
  },
  {
    code: 'FLO8511',
    severity: warning,
    when: 'a policy by locality has a maxEjectionPercent below 100; the default is 10 (trap R10)',
    fix: 'write maxEjectionPercent: 100',
    traffic:
      'Only that part of the hosts is ever taken out. When a whole zone dies, most of its hosts stay in, and requests to them fail.',
    example: objects(split('east/east-1/*: 99, west/west-1/*: 1', 'outlierDetection: {consecutive5xxErrors: 5}, ')),
  },
  {
    code: 'FLO8512',
    severity: warning,
    when: 'endpoints have weights, and the balancer is LEAST_REQUEST, the default (trap R11)',
    fix: 'split by locality, or write simple: ROUND_ROBIN',
    traffic:
      'The split is near the weights only as long as all endpoints are equally fast; a slow one gets less than its share.',
    example: objects(rule('tls: {mode: ISTIO_MUTUAL}'), entry, remote('address: 10.3.0.10, weight: 1')),
  },
  {
    code: 'FLO8513',
    severity: 'info',
    when: 'a rule fails over by priority (trap R12)',
    fix: 'nothing, if that is known; an AccessPoint empties a priority before it uses the next',
    traffic:
      'Envoy multiplies the share of healthy hosts by 1.4: traffic leaves a priority from 71.4 % downwards, in proportion, and by the number of hosts, not by their capacity. A small zone can be jumped over.',
    example: objects(
      rule(
        'outlierDetection: {maxEjectionPercent: 100}, loadBalancer: {localityLbSetting: {failover: [{from: east, to: west}]}}',
      ),
    ),
  },
  {
    code: 'FLO8514',
    severity: warning,
    when: 'an Istio object is meant for a cluster whose primary is elsewhere (trap R14)',
    fix: "apply it to the zone's gateway cluster",
    traffic: 'Nobody reads it there: it has no effect.',
    example:
      known('remoteClusters: [east-1-apps]') +
      `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: checkout, namespace: shop, annotations: {federation.flotilla.dev/cluster: east-1-apps}}\nspec: {host: ${HOST}, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}`,
  },
  {
    code: 'FLO8515',
    severity: warning,
    when: 'a ServiceEntry with resolution STATIC has no endpoint (trap R15)',
    fix: 'add endpoints, or WorkloadEntries and pods with the labels that it selects',
    traffic: 'Every request to the host gets a 503.',
    example: objects([
      'ServiceEntry',
      'checkout',
      `spec: {hosts: [${HOST}], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC}`,
    ]),
  },
  {
    code: 'FLO8516',
    severity: warning,
    when: 'an endpoint has no locality, and a rule splits its host by locality',
    fix: 'write locality: region/zone',
    traffic: 'The endpoint fits no pattern of `to`, so it gets nothing.',
    example: objects(split('east/east-1/*: 99, west/west-1/*: 1'), entry, remote('address: 10.3.0.10')),
  },
  {
    code: 'FLO8517',
    severity: warning,
    when: 'gateways run on nodes without locality labels, and a rule splits by locality',
    fix: 'label the nodes with topology.kubernetes.io/region and topology.kubernetes.io/zone',
    traffic:
      'Those gateways are in no zone: the split silently does not apply, and 99/1 becomes an even spread over all zones.',
    example:
      known('gateways: [{name: web-1, namespace: istio-prod, labels: {istio: ingressgateway}, locality: ""}]') +
      objects(split('east/east-1/*: 99, west/west-1/*: 1')),
  },
  {
    code: 'FLO8518',
    severity: warning,
    when: 'a route leads to a subset that no endpoint of some locality is in, and its host is split by locality',
    fix: 'split between two hosts, each an AccessPoint of its own, instead of subsets; or give the endpoints of every zone the labels of the subset',
    traffic:
      "Requests on that route never leave for those zones: they get no share of them, and when the zone's own endpoints die, requests fail with 503. The address of another zone stands for all its pods, whatever their version.",
    example: objects(
      [
        'DestinationRule',
        'checkout',
        `${split('east/east-1/*: 99, west/west-1/*: 1')[2]}\n  subsets: [{name: v2, labels: {version: v2}}]`,
      ],
      entry,
      remote('address: 10.3.0.10, locality: west/west-1'),
      [
        'VirtualService',
        'checkout',
        `spec: {hosts: [${HOST}], http: [{route: [{destination: {host: ${HOST}, subset: v2}}]}]}`,
      ],
    ),
  },
  {
    code: 'FLO8538',
    severity: warning,
    when: 'no ServiceEntry and no Service of its namespace selects a WorkloadEntry',
    fix: "give it the labels of the selector, and put it into the selector's namespace",
    traffic: 'The endpoint serves nothing.',
    example: objects(entry, ['WorkloadEntry', 'checkout-west', 'spec: {address: 10.3.0.10, labels: {app: chekout}}']),
  },
];
