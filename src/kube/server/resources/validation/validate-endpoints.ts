import ipaddr from 'ipaddr.js';
import type { KubeObject } from '../../../schema';
import { type FieldError, invalid, required } from '../../schema';
import { choice } from './validate-pod-spec';

interface EndpointSlice extends KubeObject {
  readonly addressType?: string;
  readonly endpoints?: readonly { readonly addresses?: readonly string[] }[];
  readonly ports?: readonly { readonly name?: string; readonly protocol?: string }[];
}

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6'];
const MAX_ENDPOINTS = 1000;

/** EndpointSlices: addresses of one type, which never changes. */
export function validateEndpointSlice(object: KubeObject, live?: KubeObject): readonly FieldError[] {
  const { addressType, endpoints = [], ports = [] } = object as EndpointSlice;
  const before = (live as EndpointSlice | undefined)?.addressType;
  return [
    ...((addressType ?? '') === '' ? [required('addressType')] : choice('addressType', addressType, ADDRESS_TYPES)),
    ...(before !== undefined && before !== addressType
      ? [invalid('addressType', addressType, 'field is immutable')]
      : []),
    ...(endpoints.length > MAX_ENDPOINTS
      ? [invalid('endpoints', endpoints.length, `must have at most ${MAX_ENDPOINTS} items`)]
      : []),
    ...endpoints.flatMap(({ addresses = [] }, index) =>
      addressesErrors(addresses, addressType, `endpoints[${index}].addresses`),
    ),
    ...ports.flatMap(({ protocol }, index) => choice(`ports[${index}].protocol`, protocol, ['SCTP', 'TCP', 'UDP'])),
  ];
}

function addressesErrors(addresses: readonly string[], type: string | undefined, field: string): readonly FieldError[] {
  if (addresses.length === 0) return [required(field, 'must contain at least 1 item')];
  if (type === 'FQDN') return [];
  const isRight =
    type === 'IPv6'
      ? (text: string) => ipaddr.IPv6.isValid(text)
      : (text: string) => ipaddr.IPv4.isValidFourPartDecimal(text);
  const detail = type === 'IPv6' ? 'must be a valid IPv6 address' : 'must be a valid IPv4 address';
  return addresses.flatMap((address, index) =>
    isRight(address) ? [] : [invalid(`${field}[${index}]`, address, detail)],
  );
}
