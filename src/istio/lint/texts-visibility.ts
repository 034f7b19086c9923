import type { FindingText } from '../findings';
import { known, objects } from './trap-example';

type Part = readonly [string, string, string];
const warning = 'warning' as const;
const ENTRY = 'hosts: [pay.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS';
const gateway: Part = [
  'Gateway',
  'web',
  'spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]}',
];

/** Traps of visibility and of security policies. */
export const visibilityTexts: readonly FindingText[] = [
  {
    code: 'FLO8535',
    severity: warning,
    when: 'exportTo hides an object from a gateway that routes to it',
    fix: "add the gateways' namespace to exportTo",
    traffic:
      'Without the VirtualService the gateway answers 404, without the ServiceEntry 503; without the DestinationRule it calls the host with no TLS, split or outlier detection.',
    example:
      known(
        'gateways: [{name: web-1, namespace: istio-prod, labels: {istio: ingressgateway}, locality: east/east-1}]',
      ) +
      objects(gateway, [
        'VirtualService',
        'checkout',
        'spec: {hosts: [shop.example.com], gateways: [web], exportTo: ["."], http: [{route: [{destination: {host: checkout}}]}]}',
      ]),
  },
  {
    code: 'FLO8536',
    severity: warning,
    when: 'a Sidecar hides a host that routes of its namespace lead to',
    fix: 'add namespace/host to an egress listener',
    traffic: 'The sidecars know no such cluster: those calls get a 503.',
    example: objects(
      ['Sidecar', 'default', 'spec: {egress: [{hosts: ["./*"]}]}'],
      [
        'VirtualService',
        'pay',
        'spec: {hosts: [pay], http: [{route: [{destination: {host: pay.bank.svc.cluster.local}}]}]}',
      ],
    ),
  },
  {
    code: 'FLO8537',
    severity: warning,
    when: 'two ServiceEntries have one host',
    fix: 'merge them, or narrow their exportTo so that no namespace sees both',
    traffic:
      'In one namespace their endpoints are joined and one of them decides about ports and resolution; across namespaces each client sees one of the two.',
    example: objects(['ServiceEntry', 'one', `spec: {${ENTRY}}`], ['ServiceEntry', 'two', `spec: {${ENTRY}}`]),
  },
  {
    code: 'FLO8540',
    severity: warning,
    when: 'a DestinationRule switches the mesh certificates off for workloads that take nothing else (STRICT)',
    fix: 'write tls.mode: ISTIO_MUTUAL, or leave tls out',
    traffic: 'The workloads close every connection; callers get a 503.',
    example: objects(
      ['PeerAuthentication', 'default', 'spec: {mtls: {mode: STRICT}}'],
      ['DestinationRule', 'checkout', 'spec: {host: checkout, trafficPolicy: {tls: {mode: DISABLE}}}'],
    ),
  },
  {
    code: 'FLO8541',
    severity: warning,
    when: 'an ALLOW policy has no rules',
    fix: 'add rules, or write action: DENY with rules: [{}] to say that it is meant',
    traffic: 'Every request to the selected workloads gets a 403.',
    example: objects(['AuthorizationPolicy', 'closed', 'spec: {}']),
  },
];
