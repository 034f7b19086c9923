import type { FindingText } from '../findings';
import { known, objects } from './trap-example';

type Part = readonly [string, string, string];
const warning = 'warning' as const;
const service = (name: string, spec: string): Part => ['VirtualService', name, `spec: {${spec}}`];
const ROUTE = 'http: [{route: [{destination: {host: checkout}}]}]';
const gateway = (name: string, server: string): Part => [
  'Gateway',
  name,
  `spec: {selector: {istio: ingressgateway}, servers: [{${server}}]}`,
];
const HTTP = 'port: {number: 80, name: http, protocol: HTTP}';

/** Traps of routes, gateways and ports. */
export const routeTexts: readonly FindingText[] = [
  {
    code: 'FLO8520',
    severity: warning,
    when: 'two VirtualServices have one host at one gateway, or both in the mesh',
    fix: 'put the routes into one VirtualService, or delegate from one to the other',
    traffic:
      'At gateways their routes are joined, in an order that is not promised; in the mesh only the older one counts. Which requests go where can change with any edit.',
    example: objects(
      service('one', `hosts: [shop.example.com], gateways: [web], ${ROUTE}`),
      service('two', `hosts: [shop.example.com], gateways: [web], ${ROUTE}`),
    ),
  },
  {
    code: 'FLO8521',
    severity: warning,
    when: 'a route leads to a subset that no DestinationRule of the host has',
    fix: 'add the subset to the DestinationRule before the route',
    traffic: 'Every request on that route gets a 503: the proxy knows no such cluster.',
    example: objects(
      service('checkout', 'hosts: [checkout], http: [{route: [{destination: {host: checkout, subset: v2}}]}]'),
    ),
  },
  {
    code: 'FLO8522',
    severity: warning,
    when: 'a VirtualService names a Gateway that does not exist',
    fix: 'correct namespace and name, or create the Gateway',
    traffic: 'No gateway gets the routes; clients get a 404, or no connection.',
    example:
      known('complete: true') +
      objects(service('checkout', `hosts: [shop.example.com], gateways: [istio-prod/wep], ${ROUTE}`)),
  },
  {
    code: 'FLO8523',
    severity: warning,
    when: 'a host of a VirtualService is none of its Gateway',
    fix: 'add the host to a server of the Gateway',
    traffic: 'The gateway answers requests for that host with 404.',
    example: objects(
      gateway('web', `${HTTP}, hosts: [shop.example.com]`),
      service('checkout', `hosts: [pay.example.com], gateways: [web], ${ROUTE}`),
    ),
  },
  {
    code: 'FLO8524',
    severity: warning,
    when: 'the weights of a route do not sum to 100',
    fix: 'write percents that sum to 100',
    traffic: 'Weights are taken in proportion, so the shares are others than they look.',
    example: objects(
      service(
        'checkout',
        'hosts: [checkout], http: [{route: [{destination: {host: a}, weight: 90}, {destination: {host: b}, weight: 20}]}]',
      ),
    ),
  },
  {
    code: 'FLO8525',
    severity: warning,
    when: 'the tries of a retry policy do not fit into the timeout of the route',
    fix: 'write a timeout of at least perTryTimeout × (attempts + 1)',
    traffic:
      'The timeout ends the request before the last tries begin: the caller gets a 504, and the retries help less than they seem to.',
    example: objects(
      service(
        'checkout',
        'hosts: [checkout], http: [{timeout: 2s, retries: {attempts: 3, perTryTimeout: 1s}, route: [{destination: {host: checkout}}]}]',
      ),
    ),
  },
  {
    code: 'FLO8526',
    severity: warning,
    when: 'two DestinationRules of one namespace are about one host',
    fix: 'merge them',
    traffic:
      'Subsets are joined, but only the traffic policy of one of them counts: locality, outlier detection and TLS of the other are lost.',
    example: objects(
      ['DestinationRule', 'one', 'spec: {host: checkout, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}'],
      ['DestinationRule', 'two', 'spec: {host: checkout, trafficPolicy: {outlierDetection: {interval: 1s}}}'],
    ),
  },
  {
    code: 'FLO8527',
    severity: warning,
    when: 'the port of a destination is none of its service, or is not named though there are several',
    fix: 'write destination.port.number with a port of the service',
    traffic: 'Every request on that route gets a 503.',
    example: objects(
      ['Service', 'checkout', 'spec: {ports: [{name: http, port: 80}]}'],
      service(
        'checkout',
        'hosts: [checkout], http: [{route: [{destination: {host: checkout, port: {number: 8080}}}]}]',
      ),
    ),
  },
  {
    code: 'FLO8528',
    severity: warning,
    when: 'the name of a port says another protocol than its field',
    fix: 'give the port a name that begins with its protocol',
    traffic:
      'The field counts. Taken for HTTP, other bytes are refused with 400; taken for TCP, requests get no routes, retries or metrics.',
    example: objects([
      'ServiceEntry',
      'pay',
      'spec: {hosts: [pay.example.com], ports: [{number: 80, name: http-api, protocol: TCP}], resolution: DNS}',
    ]),
  },
  {
    code: 'FLO8529',
    severity: warning,
    when: 'a mirror has no percentage',
    fix: 'write mirrorPercentage: {value: 1}, or 100 if that is meant',
    traffic: 'Every request is copied: the mirror gets the whole load, and the gateway sends twice as much.',
    example: objects(
      service(
        'checkout',
        'hosts: [checkout], http: [{mirror: {host: copy}, route: [{destination: {host: checkout}}]}]',
      ),
    ),
  },
  {
    code: 'FLO8530',
    severity: warning,
    when: 'two Gateways open one port of the same gateway workloads with different protocols',
    fix: 'use another port for one of them',
    traffic: 'Only the older one is served; connections for the other are refused or not understood.',
    example: objects(
      gateway('one', `${HTTP}, hosts: [a.example.com]`),
      gateway('two', 'port: {number: 80, name: tcp, protocol: TCP}, hosts: [b.example.com]'),
    ),
  },
  {
    code: 'FLO8531',
    severity: warning,
    when: 'two Gateways have one host on one port of the same gateway workloads',
    fix: 'keep the host in one of them',
    traffic: "Only the older one's TLS settings and certificate count for the host.",
    example: objects(
      gateway('one', `${HTTP}, hosts: [a.example.com]`),
      gateway('two', `${HTTP}, hosts: [a.example.com]`),
    ),
  },
  {
    code: 'FLO8532',
    severity: warning,
    when: 'a VirtualService has routes of a kind that the servers for its hosts do not look at',
    fix: 'use http routes where the gateway ends TLS, tls routes with PASSTHROUGH, tcp routes for plain TCP',
    traffic: 'The routes do nothing there; without others, connections are closed or get a 404.',
    example: objects(
      gateway(
        'web',
        'port: {number: 443, name: tls, protocol: TLS}, hosts: [shop.example.com], tls: {mode: PASSTHROUGH}',
      ),
      service('checkout', `hosts: [shop.example.com], gateways: [web], ${ROUTE}`),
    ),
  },
];
