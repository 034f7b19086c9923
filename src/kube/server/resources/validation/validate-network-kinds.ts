import type { KubeObject, LabelSelector } from '../../../schema';
import { type FieldError, invalid, required } from '../../schema';
import { choice, present } from './field-rules';
import { cidrErrors } from './network-values';
import { validateLabelSelector } from './validate-selector';
import { hostErrors } from './validate-service';

interface IngressSpec {
  readonly defaultBackend?: object;
  readonly rules?: readonly {
    readonly host?: string;
    readonly http?: { readonly paths?: readonly { readonly path?: string; readonly pathType?: string }[] };
  }[];
}

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];

/** Ingresses: something to route, hosts that are names, absolute paths of a known type. */
export function validateIngress({ spec }: KubeObject): readonly FieldError[] {
  const { defaultBackend, rules = [] } = (spec ?? {}) as IngressSpec;
  const nothing = defaultBackend === undefined && rules.length === 0;
  return [
    ...(nothing ? [invalid('spec', null, 'either `defaultBackend` or `rules` must be specified')] : []),
    ...rules.flatMap(({ host = '', http }, index) => {
      const field = `spec.rules[${index}]`;
      return [
        ...(host === '' ? [] : hostErrors(host.replace(/^\*\./, 'wildcard.'), `${field}.host`)),
        ...(http?.paths ?? []).flatMap(({ path = '', pathType }, at) => {
          const place = `${field}.http.paths[${at}]`;
          const absolute = path.startsWith('/') || (path === '' && pathType === 'ImplementationSpecific');
          if (pathType === undefined) return [required(`${place}.pathType`, 'pathType must be specified')];
          return [
            ...choice(`${place}.pathType`, pathType, PATH_TYPES),
            ...(absolute ? [] : [invalid(`${place}.path`, path, 'must be an absolute path')]),
          ];
        }),
      ];
    }),
  ];
}

interface Peer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr?: string };
}

interface NetworkPolicySpec {
  readonly podSelector?: LabelSelector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly { readonly from?: readonly Peer[] }[];
  readonly egress?: readonly { readonly to?: readonly Peer[] }[];
}

/** NetworkPolicies: selectors, known types, peers that say who they are. */
export function validateNetworkPolicy({ spec }: KubeObject): readonly FieldError[] {
  const { podSelector, policyTypes = [], ingress = [], egress = [] } = (spec ?? {}) as NetworkPolicySpec;
  return [
    ...validateLabelSelector(podSelector, 'spec.podSelector'),
    ...ingress.flatMap(({ from = [] }, index) => peersErrors(from, `spec.ingress[${index}].from`)),
    ...egress.flatMap(({ to = [] }, index) => peersErrors(to, `spec.egress[${index}].to`)),
    ...policyTypes.flatMap((type, index) => choice(`spec.policyTypes[${index}]`, type, ['Ingress', 'Egress'])),
  ];
}

function peersErrors(peers: readonly Peer[], field: string): readonly FieldError[] {
  return peers.flatMap(({ podSelector, namespaceSelector, ipBlock }, index) => {
    const place = `${field}[${index}]`;
    if (podSelector === undefined && namespaceSelector === undefined && ipBlock === undefined)
      return [required(place, 'must specify a peer')];
    const { cidr = '' } = ipBlock ?? {};
    const block = ipBlock === undefined ? [] : [...present(cidr, `${place}.ipBlock.cidr`)];
    return [
      ...validateLabelSelector(podSelector, `${place}.podSelector`),
      ...validateLabelSelector(namespaceSelector, `${place}.namespaceSelector`),
      ...(cidr === '' ? block : cidrErrors(cidr, `${place}.ipBlock.cidr`)),
    ];
  });
}
