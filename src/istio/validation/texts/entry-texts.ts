import type { FindingText } from '../../findings';
import { example, REFUSED } from './example';

const error = 'error' as const;
const warning = 'warning' as const;
const entry = (text: string): string => example('ServiceEntry', text);
const sidecar = (text: string): string => example('Sidecar', text);
const HTTP = 'ports: [{number: 80, name: http, protocol: HTTP}]';
const HOSTS = 'hosts: ["./*"]';

/** Findings of ServiceEntry, WorkloadEntry, WorkloadGroup and Sidecar. */
export const entryTexts: readonly FindingText[] = [
  {
    code: 'FLO8090',
    severity: error,
    when: 'a ServiceEntry has the host *',
    fix: 'name the hosts',
    traffic: `${REFUSED} It would be every service there is.`,
    example: entry(`hosts: ["*"]\n${HTTP}\nresolution: NONE`),
  },
  {
    code: 'FLO8091',
    severity: warning,
    when: 'the wildcard of a host is not a whole label',
    fix: 'write *.example.com',
    traffic: 'Sidecars do not match it; the call is treated as one to an unknown host.',
    example: entry(`hosts: ["*-pay.example.com"]\n${HTTP}\nresolution: NONE`),
  },
  {
    code: 'FLO8092',
    severity: error,
    when: 'a ServiceEntry has endpoints and a workloadSelector',
    fix: 'keep one; put the endpoints into WorkloadEntries to have both',
    traffic: REFUSED,
    example: entry(
      `hosts: [pay.example.com]\n${HTTP}\nresolution: STATIC\nendpoints: [{address: 10.2.0.10}]\nworkloadSelector: {labels: {app: pay}}`,
    ),
  },
  {
    code: 'FLO8093',
    severity: error,
    when: 'a ServiceEntry with DNS has a network as address',
    fix: 'write an address, or resolution NONE or STATIC',
    traffic: REFUSED,
    example: entry(`hosts: [pay.example.com]\naddresses: [10.2.0.0/16]\n${HTTP}\nresolution: DNS`),
  },
  {
    code: 'FLO8094',
    severity: error,
    when: 'the endpoints do not fit the resolution: a name with STATIC (trap R7), any with NONE, several with DNS_ROUND_ROBIN',
    fix: 'write IP addresses with STATIC, names with DNS',
    traffic: `${REFUSED} Where it is not checked, an endpoint with a name is left out silently.`,
    example: entry(`hosts: [pay.example.com]\n${HTTP}\nresolution: STATIC\nendpoints: [{address: lb.example.com}]`),
  },
  {
    code: 'FLO8095',
    severity: error,
    when: 'an endpoint has a port that the ServiceEntry does not have',
    fix: "use the names of the ServiceEntry's ports",
    traffic: REFUSED,
    example: entry(
      `hosts: [pay.example.com]\n${HTTP}\nresolution: STATIC\nendpoints: [{address: 10.2.0.10, ports: {https: 443}}]`,
    ),
  },
  {
    code: 'FLO8096',
    severity: error,
    when: 'a ServiceEntry has several hosts and a port that is neither HTTP nor TLS',
    fix: 'make one ServiceEntry of each host, with an address of its own',
    traffic: `${REFUSED} TCP carries no name: all hosts would lead to the same endpoints.`,
    example: entry(
      'hosts: [a.example.com, b.example.com]\nports: [{number: 5432, name: tcp, protocol: TCP}]\nresolution: DNS',
    ),
  },
  {
    code: 'FLO8097',
    severity: warning,
    when: 'a setting has no effect with the resolution: targetPort with NONE, a workloadSelector with anything but STATIC',
    fix: 'remove it, or write resolution: STATIC',
    traffic: 'Calls go to the address and port that the client asked for.',
    example: entry(
      'hosts: [pay.example.com]\nports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}]\nresolution: NONE',
    ),
  },
  {
    code: 'FLO8098',
    severity: error,
    when: 'DNS is to resolve a host with a wildcard',
    fix: 'name the host, or give endpoints',
    traffic: `${REFUSED} There is nothing to ask DNS for.`,
    example: entry(`hosts: ["*.example.com"]\n${HTTP}\nresolution: DNS`),
  },
  {
    code: 'FLO8100',
    severity: error,
    when: 'an endpoint has neither address nor network, or a unix socket has ports',
    fix: 'write the address, and no ports for a unix socket',
    traffic: REFUSED,
    example: example('WorkloadEntry', 'labels: {app: pay}'),
  },
  {
    code: 'FLO8101',
    severity: warning,
    when: 'an endpoint has a network and no address',
    fix: 'write the address, if the endpoint can be reached',
    traffic: 'Calls go to the gateway of that network; without one the endpoint gets nothing.',
    example: example('WorkloadEntry', 'network: west\nlabels: {app: pay}'),
  },
  {
    code: 'FLO8105',
    severity: error,
    when: 'the probe of a WorkloadGroup has no method, or a scheme or command that cannot be',
    fix: 'give one of httpGet, tcpSocket, exec and grpc',
    traffic: REFUSED,
    example: example('WorkloadGroup', 'template: {serviceAccount: pay}\nprobe: {periodSeconds: 5}'),
  },
  {
    code: 'FLO8110',
    severity: error,
    when: 'a Sidecar sets nothing',
    fix: 'give ingress, egress or outboundTrafficPolicy',
    traffic: REFUSED,
    example: sidecar('workloadSelector: {labels: {app: pay}}'),
  },
  {
    code: 'FLO8111',
    severity: error,
    when: "a Sidecar's listener has no port number and no unix socket, or captures what cannot be captured",
    fix: 'give port.number, or bind: unix:///path',
    traffic: REFUSED,
    example: sidecar(`egress: [{port: {protocol: HTTP, name: http}, ${HOSTS}}]`),
  },
  {
    code: 'FLO8112',
    severity: error,
    when: 'an egress listener without port is not the last one',
    fix: 'move it to the end, or give it a port',
    traffic: `${REFUSED} It takes everything, so that the later ones would get nothing.`,
    example: sidecar(`egress: [{${HOSTS}}, {port: {number: 80, protocol: HTTP, name: http}, ${HOSTS}}]`),
  },
  {
    code: 'FLO8113',
    severity: error,
    when: 'a host of a Sidecar has no namespace',
    fix: 'write namespace/host, ./host or */host',
    traffic: REFUSED,
    example: sidecar('egress: [{hosts: [pay.example.com]}]'),
  },
  {
    code: 'FLO8114',
    severity: warning,
    when: 'hosts of one egress listener overlap',
    fix: 'keep the wider one',
    traffic: 'Nothing breaks; the narrower host is not needed.',
    example: sidecar('egress: [{hosts: ["shop/*", shop/pay.example.com]}]'),
  },
  {
    code: 'FLO8115',
    severity: error,
    when: 'defaultEndpoint is not on this machine',
    fix: 'write 127.0.0.1:PORT, 0.0.0.0:PORT, [::1]:PORT or unix:///path',
    traffic: REFUSED,
    example: sidecar('ingress: [{port: {number: 80, protocol: HTTP, name: http}, defaultEndpoint: "10.2.0.10:80"}]'),
  },
  {
    code: 'FLO8116',
    severity: error,
    when: "TLS of a Sidecar's listener has a setting that is for gateways only",
    fix: 'give mode SIMPLE or MUTUAL and files of certificates',
    traffic: REFUSED,
    example: sidecar(
      'ingress: [{port: {number: 443, protocol: HTTPS, name: https}, tls: {mode: SIMPLE, credentialName: pay}}]',
    ),
  },
  {
    code: 'FLO8117',
    severity: error,
    when: 'egressProxy is given without mode ALLOW_ANY or without port',
    fix: 'write mode: ALLOW_ANY and egressProxy.port.number',
    traffic: REFUSED,
    example: sidecar(
      'outboundTrafficPolicy: {mode: REGISTRY_ONLY, egressProxy: {host: out.example.com, port: {number: 443}}}',
    ),
  },
  {
    code: 'FLO8118',
    severity: warning,
    when: 'HTTP limits are given for a port that does not speak HTTP',
    fix: 'write the protocol of the port, or tcp limits',
    traffic: 'Only the tcp limits apply.',
    example: sidecar(
      'ingress: [{port: {number: 5432, protocol: TCP, name: tcp}, connectionPool: {http: {maxRetries: 1}}}]',
    ),
  },
];
