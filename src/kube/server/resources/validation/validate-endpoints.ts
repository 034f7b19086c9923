import type { KubeObject } from '../../../schema';
import ipaddr from 'ipaddr.js';
import { dnsLabelProblems, dnsSubdomainProblems, duplicate, type FieldError, invalid, required } from '../../schema';
import { choice, fixed, textErrors } from './field-rules';
import { addressErrors, portErrors } from './network-values';

interface EndpointSlice extends KubeObject {
  readonly addressType?: string;
  readonly endpoints?: readonly { readonly addresses?: readonly string[] }[];
  readonly ports?: readonly { readonly name?: string; readonly protocol?: string; readonly port?: number }[];
}

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const MAX_ENDPOINTS = 1000;

/** EndpointSlices: addresses of one type, which never changes. */
export function validateEndpointSlice(object: KubeObject, live?: KubeObject): readonly FieldError[] {
  const { addressType, endpoints = [], ports = [] } = object as EndpointSlice;
  const before = (live as EndpointSlice | undefined)?.addressType;
  return [
    ...((addressType ?? '') === '' ? [required('addressType')] : choice('addressType', addressType, ADDRESS_TYPES)),
    ...fixed(before !== undefined && before !== addressType, 'addressType', addressType),
    ...(endpoints.length > MAX_ENDPOINTS
      ? [invalid('endpoints', endpoints.length, `must have at most ${MAX_ENDPOINTS} items`)]
      : []),
    ...endpoints.flatMap(({ addresses = [] }, index) =>
      addressesErrors(addresses, addressType, `endpoints[${index}].addresses`),
    ),
    ...ports.flatMap((port, index) => portErrorsOf(port, ports, index)),
  ];
}

type Port = NonNullable<EndpointSlice['ports']>[number];

function portErrorsOf(
  { name = '', protocol, port }: Port,
  ports: readonly Port[],
  index: number,
): readonly FieldError[] {
  const field = `ports[${index}]`;
  const repeated = ports.findIndex((other) => (other.name ?? '') === name) < index;
  return [
    ...(name === '' ? [] : textErrors(name, `${field}.name`, dnsLabelProblems)),
    ...(repeated ? [duplicate(`${field}.name`, name)] : []),
    ...choice(`${field}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
    ...((port ?? 0) === 0 ? [] : portErrors(port, `${field}.port`)),
  ];
}

function addressesErrors(addresses: readonly string[], type: string | undefined, field: string): readonly FieldError[] {
  if (addresses.length === 0) return [required(field, 'must contain at least 1 address')];
  return addresses.flatMap((address, index) => {
    const place = `${field}[${index}]`;
    if (type === 'FQDN') return textErrors(address, place, dnsSubdomainProblems);
    const errors = addressErrors(address, place);
    if (errors.length > 0) return errors;
    const family = ipaddr.parse(address).kind() === 'ipv4' ? 'IPv4' : 'IPv6';
    if (type !== family) return [invalid(field, address, `must be an ${type ?? ''} address`)];
    return [];
  });
}

interface Subset {
  readonly addresses?: readonly { readonly ip?: string }[];
  readonly notReadyAddresses?: readonly { readonly ip?: string }[];
  readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[];
}

/** Endpoints: addresses that are some, ports with names where there are several. */
export function validateEndpoints(object: KubeObject): readonly FieldError[] {
  const { subsets = [] } = object as KubeObject & { readonly subsets?: readonly Subset[] };
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, index) => {
    const field = `subsets[${index}]`;
    const none = addresses.length + notReadyAddresses.length === 0;
    return [
      ...(none ? [required(field, 'must specify `addresses` or `notReadyAddresses`')] : []),
      ...addresses.flatMap(({ ip = '' }, at) => endpointErrors(ip, `${field}.addresses[${at}].ip`)),
      ...notReadyAddresses.flatMap(({ ip = '' }, at) => endpointErrors(ip, `${field}.notReadyAddresses[${at}].ip`)),
      ...ports.flatMap(({ name = '', port, protocol }, at) => {
        const place = `${field}.ports[${at}]`;
        return [
          ...(ports.length > 1 && name === '' ? [required(`${place}.name`)] : []),
          ...(name === '' ? [] : textErrors(name, `${place}.name`, dnsLabelProblems)),
          ...portErrors(port, `${place}.port`),
          ...choice(`${place}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
        ];
      }),
    ];
  });
}

/**
 * Addresses of the machine itself are allowed, unlike on a real cluster: the demo and tests run whole clusters on one
 * machine.
 */
function endpointErrors(address: string, field: string): readonly FieldError[] {
  const errors = addressErrors(address, field);
  return errors.length > 0 ? [...errors, invalid(field, address, 'must be a valid IP address')] : [];
}
