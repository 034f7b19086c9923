import type { KubeObject } from '../../schema';
import { ageColumn, type Column, column, nameColumn, textColumn, wideColumn } from './column';
import { labelsText, selectorText, shortList } from './label-text';
import { firstText, readField, readList, readMap, readNumber, readText } from './read-field';

/** Columns of a Service. */
export const serviceColumns: readonly Column[] = [
  nameColumn,
  textColumn('Type', 'spec', 'type'),
  column('Cluster-IP', ({ spec }) => readList(spec, 'clusterIPs').map(String)[0] ?? '<none>'),
  column('External-IP', externalAddress),
  column('Port(s)', ({ spec }) => firstText(readList(spec, 'ports').map(portText).join(','), '<none>')),
  ageColumn,
  wideColumn('Selector', ({ spec }) => labelsText(readMap(spec, 'selector'))),
];

function portText(port: unknown): string {
  const [number, nodePort] = [readNumber(port, 'port'), readNumber(port, 'nodePort')];
  const protocol = readText(port, 'protocol');
  return nodePort > 0 ? `${number}:${nodePort}/${protocol}` : `${number}/${protocol}`;
}

function externalAddress({ spec, status }: KubeObject): string {
  const external = readList(spec, 'externalIPs').map(String);
  switch (readText(spec, 'type')) {
    case 'ClusterIP':
    case 'NodePort':
      return firstText(external.join(','), '<none>');
    case 'LoadBalancer':
      return firstText([...balancerAddresses(status), ...external].join(','), '<pending>');
    case 'ExternalName':
      return readText(spec, 'externalName');
    default:
      return '<unknown>';
  }
}

function balancerAddresses(status: unknown): readonly string[] {
  const addresses = readList(status, 'loadBalancer', 'ingress').map((one) =>
    firstText(readText(one, 'ip'), readText(one, 'hostname')),
  );
  return [...new Set(addresses.filter((address) => address !== ''))].sort();
}

/** Columns of Endpoints. */
export const endpointsColumns: readonly Column[] = [nameColumn, column('Endpoints', endpointsText), ageColumn];

function endpointsText({ subsets }: KubeObject): string {
  const addresses = (Array.isArray(subsets) ? (subsets as readonly unknown[]) : []).flatMap((subset) => {
    const ips = readList(subset, 'addresses').map((address) => readText(address, 'ip'));
    const ports = readList(subset, 'ports');
    if (ports.length === 0) return ips;
    return ports.flatMap((port) => ips.map((ip) => `${ip.includes(':') ? `[${ip}]` : ip}:${readNumber(port, 'port')}`));
  });
  return addresses.length === 0 && !(Array.isArray(subsets) && subsets.length > 0)
    ? '<none>'
    : shortList(addresses, 3, '');
}

/** Columns of an EndpointSlice. */
export const endpointSliceColumns: readonly Column[] = [
  nameColumn,
  column('AddressType', ({ addressType }) => (typeof addressType === 'string' ? addressType : '')),
  column('Ports', (slice) => shortList(readList(slice, 'ports').map(slicePort), 3, '<unset>')),
  column('Endpoints', (slice) =>
    shortList(
      readList(slice, 'endpoints').flatMap((endpoint) => readList(endpoint, 'addresses').map(String)),
      3,
      '<unset>',
    ),
  ),
  ageColumn,
];

function slicePort(port: unknown): string {
  if (readField(port, 'port') !== undefined) return readText(port, 'port');
  return readField(port, 'name') === undefined ? '*' : readText(port, 'name');
}

/** Columns of an Ingress. */
export const ingressColumns: readonly Column[] = [
  nameColumn,
  column('Class', ({ spec }) => firstText(readText(spec, 'ingressClassName'), '<none>')),
  column('Hosts', hostsText),
  column('Address', ({ status }) => balancerAddresses(status).join(',')),
  column('Ports', ({ spec }) => (readList(spec, 'tls').length > 0 ? '80, 443' : '80')),
  ageColumn,
];

function hostsText({ spec }: KubeObject): string {
  const rules = readList(spec, 'rules');
  const hosts = rules.map((rule) => readText(rule, 'host')).filter((host) => host !== '');
  if (hosts.length === 0) return '*';
  const shown = hosts.slice(0, 3).join(',');
  return hosts.length >= 3 && rules.length > 3 ? `${shown} + ${rules.length - 3} more...` : shown;
}

/** Columns of an IngressClass. */
export const ingressClassColumns: readonly Column[] = [
  {
    ...nameColumn,
    cell: ({ metadata }) =>
      metadata.name + defaultMark(metadata.annotations?.['ingressclass.kubernetes.io/is-default-class']),
  },
  textColumn('Controller', 'spec', 'controller'),
  column('Parameters', parametersText),
  ageColumn,
];

/** ` (default)` behind the name of the class that is used when none is named. */
export function defaultMark(annotation: string | undefined): string {
  return annotation === 'true' ? ' (default)' : '';
}

function parametersText({ spec }: KubeObject): string {
  const parameters = readField(spec, 'parameters');
  if (parameters === undefined) return '<none>';
  const group = readText(parameters, 'apiGroup');
  return `${readText(parameters, 'kind')}${group === '' ? '' : `.${group}`}/${readText(parameters, 'name')}`;
}

/** Columns of a NetworkPolicy. */
export const networkPolicyColumns: readonly Column[] = [
  nameColumn,
  column('Pod-Selector', ({ spec }) => selectorText(readField(spec, 'podSelector'))),
  ageColumn,
];
