import type { KubeObject } from '../../../schema';
import {
  dnsSubdomainProblems,
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  labelErrors,
  qualifiedNameProblems,
  required,
} from '../../schema';
import { choice, duplicates, nameErrors, present, textErrors } from './field-rules';
import {
  addressErrors,
  cidrErrors,
  isAddress,
  portErrors,
  portOrNameErrors,
  unreachableErrors,
} from './network-values';

interface ServicePort {
  readonly name?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
  readonly appProtocol?: string;
}

interface ServiceSpec {
  readonly type?: string;
  readonly ports?: readonly ServicePort[];
  readonly selector?: Readonly<Record<string, string>>;
  readonly clusterIP?: string;
  readonly externalName?: string;
  readonly sessionAffinity?: string;
  readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
  readonly externalIPs?: readonly string[];
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly loadBalancerClass?: string;
  readonly externalTrafficPolicy?: string;
  readonly internalTrafficPolicy?: string;
  readonly ipFamilies?: readonly string[];
  readonly ipFamilyPolicy?: string;
  readonly trafficDistribution?: string;
}

type Check = (spec: ServiceSpec) => readonly FieldError[];

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const DAY_SECONDS = 86_400;

/** What Kubernetes checks of a Service beyond its schema. */
export function validateService({ spec, status }: KubeObject): readonly FieldError[] {
  const checked = (spec ?? {}) as ServiceSpec;
  return [...CHECKS.flatMap((check) => check(checked)), ...statusErrors(checked, status)];
}

const typeErrors: Check = ({ type, clusterIP, externalName }) => {
  if (type === 'ExternalName') {
    return [
      ...((clusterIP ?? '') === '' ? [] : [forbidden('spec.clusterIPs', 'may not be set for ExternalName services')]),
      ...((externalName ?? '') === ''
        ? [required('spec.externalName')]
        : textErrors(externalName ?? '', 'spec.externalName', dnsSubdomainProblems)),
    ];
  }
  if (type !== 'LoadBalancer' || clusterIP !== 'None') return choice('spec.type', type, TYPES);
  return [invalid('spec.clusterIPs[0]', clusterIP, "may not be set to 'None' for LoadBalancer services")];
};

const portsErrors: Check = ({ type, ports = [], clusterIP }) => [
  ...(type !== 'ExternalName' && ports.length === 0 && clusterIP !== 'None' ? [required('spec.ports')] : []),
  ...ports.flatMap((port, index) => portErrorsOf(port, `spec.ports[${index}]`, ports.length > 1)),
  ...duplicates(
    ports.map(({ name = '' }) => name),
    (index) => `spec.ports[${index}].name`,
  ),
  ...repeatedNumbers(ports),
];

function portErrorsOf(port: ServicePort, field: string, many: boolean): readonly FieldError[] {
  const { name, port: number, protocol, targetPort, appProtocol } = port;
  return [
    ...(many || (name ?? '') !== '' ? nameErrors(name, `${field}.name`) : []),
    ...portErrors(number, `${field}.port`),
    ...choice(`${field}.protocol`, protocol, PROTOCOLS),
    ...portOrNameErrors(targetPort, `${field}.targetPort`),
    ...(appProtocol === undefined ? [] : textErrors(appProtocol, `${field}.appProtocol`, qualifiedNameProblems)),
  ];
}

function repeatedNumbers(ports: readonly ServicePort[]): readonly FieldError[] {
  const keys = ports.map(({ protocol = 'TCP', port }) => `${protocol}/${port ?? 0}`);
  return ports.flatMap(({ protocol = 'TCP', port }, index) =>
    keys.indexOf(keys[index] ?? '') < index ? [duplicate(`spec.ports[${index}]`, { port, protocol })] : [],
  );
}

const nodePortErrors: Check = ({ type, ports = [] }) =>
  type !== 'ClusterIP'
    ? []
    : ports.flatMap(({ nodePort }, index) =>
        (nodePort ?? 0) === 0
          ? []
          : [forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")],
      );

const affinityErrors: Check = ({ sessionAffinity, sessionAffinityConfig }) => {
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
  const range = `must be greater than 0 and less than ${DAY_SECONDS}`;
  const wrong = sessionAffinity === 'ClientIP' && seconds !== undefined && (seconds <= 0 || seconds > DAY_SECONDS);
  return [
    ...choice('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']),
    ...(wrong ? [invalid(field, seconds, range)] : []),
  ];
};

const addressesErrors: Check = ({ type, clusterIP = '', externalIPs = [] }) => [
  ...(type === 'ExternalName' || clusterIP === '' || clusterIP === 'None'
    ? []
    : addressErrors(clusterIP, 'spec.clusterIPs[0]')),
  ...externalIPs.flatMap((address, index) => {
    const field = `spec.externalIPs[${index}]`;
    const errors = addressErrors(address, field);
    return errors.length > 0 ? errors : unreachableErrors(address, field);
  }),
];

const familyErrors: Check = ({ type, ipFamilies = [], ipFamilyPolicy }) => {
  if (type === 'ExternalName') return [];
  const policies = choice('spec.ipFamilyPolicy', ipFamilyPolicy, [
    'PreferDualStack',
    'RequireDualStack',
    'SingleStack',
  ]);
  return [
    ...policies,
    ...ipFamilies.flatMap((family, index) => choice(`spec.ipFamilies[${index}]`, family, ['IPv4', 'IPv6'])),
  ];
};

const balancerErrors: Check = ({ type, loadBalancerSourceRanges = [], loadBalancerClass }) => {
  const only = "may only be used when `type` is 'LoadBalancer'";
  const ranges = 'spec.LoadBalancerSourceRanges';
  if (type === 'LoadBalancer')
    return [
      ...loadBalancerSourceRanges.flatMap((range, index) => cidrErrors(range, `${ranges}[${index}]`)),
      ...(loadBalancerClass === undefined
        ? []
        : textErrors(loadBalancerClass, 'spec.loadBalancerClass', qualifiedNameProblems)),
    ];
  return [
    ...(loadBalancerSourceRanges.length > 0 ? [forbidden(ranges, only)] : []),
    ...(loadBalancerClass === undefined ? [] : [forbidden('spec.loadBalancerClass', only)]),
  ];
};

const trafficErrors: Check = ({
  type,
  externalIPs = [],
  externalTrafficPolicy: policy,
  internalTrafficPolicy,
  trafficDistribution,
}) => {
  const external = type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && externalIPs.length > 0);
  const inside = 'may only be set for externally-accessible services';
  return [
    ...(policy !== undefined && !external
      ? [invalid('spec.externalTrafficPolicy', policy, inside)]
      : choice('spec.externalTrafficPolicy', policy, ['Cluster', 'Local'])),
    ...choice('spec.internalTrafficPolicy', internalTrafficPolicy, ['Cluster', 'Local']),
    ...choice('spec.trafficDistribution', trafficDistribution, ['PreferClose', 'PreferSameZone', 'PreferSameNode']),
  ];
};

const selectorErrors: Check = ({ selector = {} }) => labelErrors(selector, 'spec.selector');

const CHECKS: readonly Check[] = [
  typeErrors,
  portsErrors,
  nodePortErrors,
  affinityErrors,
  addressesErrors,
  familyErrors,
  balancerErrors,
  trafficErrors,
  selectorErrors,
];

interface Ingress {
  readonly ip?: string;
  readonly hostname?: string;
}

function statusErrors({ type }: ServiceSpec, status: unknown): readonly FieldError[] {
  const { loadBalancer } = (status ?? {}) as { loadBalancer?: { ingress?: readonly Ingress[] } };
  const ingress = loadBalancer?.ingress ?? [];
  const field = 'status.loadBalancer.ingress';
  if (type !== 'LoadBalancer' && ingress.length > 0)
    return [forbidden(field, "may only be used when `spec.type` is 'LoadBalancer'")];
  return ingress.flatMap(({ ip = '', hostname = '' }, index) => [
    ...(ip === '' ? [] : addressErrors(ip, `${field}[${index}].ip`)),
    ...(hostname === '' ? [] : hostErrors(hostname, `${field}[${index}].hostname`)),
  ]);
}

/** A host that must be a name, not an address. */
export function hostErrors(host: string, field: string): readonly FieldError[] {
  if (isAddress(host)) return [invalid(field, host, 'must be a DNS name, not an IP address')];
  return [...present(host, field), ...textErrors(host, field, dnsSubdomainProblems)];
}
