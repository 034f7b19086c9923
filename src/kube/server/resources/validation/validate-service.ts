import ipaddr from 'ipaddr.js';
import type { KubeObject } from '../../../schema';
import { duplicate, type FieldError, invalid, required } from '../../schema';
import { choice, duplicates, nameErrors, portErrors } from './validate-pod-spec';

interface ServicePort {
  readonly name?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
}

interface ServiceSpec {
  readonly type?: string;
  readonly ports?: readonly ServicePort[];
  readonly clusterIP?: string;
  readonly externalName?: string;
  readonly sessionAffinity?: string;
  readonly externalIPs?: readonly string[];
}

const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

/** What Kubernetes checks of a Service beyond its schema. */
export function validateService({ spec }: KubeObject): readonly FieldError[] {
  const { type, ports = [], clusterIP, externalName, sessionAffinity, externalIPs = [] } = (spec ?? {}) as ServiceSpec;
  return [
    ...choice('spec.type', type, TYPES),
    ...choice('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']),
    ...(type === 'ExternalName' && (externalName ?? '') === '' ? [required('spec.externalName')] : []),
    ...(type !== 'ExternalName' && ports.length === 0 && clusterIP !== 'None' ? [required('spec.ports')] : []),
    ...ports.flatMap((port, index) => servicePortErrors(port, `spec.ports[${index}]`, ports.length > 1)),
    ...duplicates(
      ports.map(({ name = '' }) => name),
      (index) => `spec.ports[${index}].name`,
    ),
    ...portDuplicates(ports),
    ...addressErrors(
      clusterIP === undefined || clusterIP === '' || clusterIP === 'None' ? [] : [clusterIP],
      'spec.clusterIPs',
    ),
    ...addressErrors(externalIPs, 'spec.externalIPs'),
  ];
}

function servicePortErrors(
  { name, port, protocol, targetPort }: ServicePort,
  field: string,
  many: boolean,
): readonly FieldError[] {
  return [
    ...(many || (name ?? '') !== '' ? nameErrors(name, `${field}.name`) : []),
    ...portErrors(port, `${field}.port`),
    ...choice(`${field}.protocol`, protocol, PROTOCOLS),
    ...(typeof targetPort === 'number' ? portErrors(targetPort, `${field}.targetPort`) : []),
  ];
}

function portDuplicates(ports: readonly ServicePort[]): readonly FieldError[] {
  const keys = ports.map(({ protocol = 'TCP', port }) => `${protocol}/${port ?? 0}`);
  return ports.flatMap(({ protocol = 'TCP', port }, index) =>
    keys.indexOf(keys[index] ?? '') < index ? [duplicate(`spec.ports[${index}]`, { port, protocol })] : [],
  );
}

/** Texts that must be IP addresses. */
export function addressErrors(addresses: readonly string[], field: string): readonly FieldError[] {
  const detail = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
  return addresses.flatMap((address, index) =>
    ipaddr.isValid(address) ? [] : [invalid(`${field}[${index}]`, address, detail)],
  );
}
