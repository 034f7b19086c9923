import { z } from 'zod';
import type { Finding } from '../kernel';
import { type KindDefinition, type KubeObject, parseApiVersion } from '../kube/schema';
import { endpointSliceFields, type EndpointSlice } from './core/endpoint-slice';
import { type Pod, podSpec, podStatus } from './core/pod';
import { type Secret, secretFields } from './core/secret';
import { type Service, serviceSpec, serviceStatus } from './core/service';
import { istioKinds } from './kinds';
import type { DestinationRule } from './networking/destination-rule';
import type { Gateway } from './networking/gateway';
import type { ServiceEntry } from './networking/service-entry';
import type { Sidecar } from './networking/sidecar';
import type { VirtualService } from './networking/virtual-service';
import type { WorkloadEntry } from './networking/workload-entry';
import type { WorkloadGroup } from './networking/workload-group';
import type { AuthorizationPolicy } from './security/authorization-policy';
import type { PeerAuthentication } from './security/peer-authentication';
import type { RequestAuthentication } from './security/request-authentication';
import type { Telemetry } from './telemetry';

/** The kinds that can be read, by name; their groups do not overlap. */
export interface ReadableKinds {
  readonly Gateway: Gateway;
  readonly VirtualService: VirtualService;
  readonly DestinationRule: DestinationRule;
  readonly ServiceEntry: ServiceEntry;
  readonly WorkloadEntry: WorkloadEntry;
  readonly WorkloadGroup: WorkloadGroup;
  readonly Sidecar: Sidecar;
  readonly PeerAuthentication: PeerAuthentication;
  readonly RequestAuthentication: RequestAuthentication;
  readonly AuthorizationPolicy: AuthorizationPolicy;
  readonly Telemetry: Telemetry;
  readonly Service: Service;
  readonly EndpointSlice: EndpointSlice;
  readonly Pod: Pod;
  readonly Node: KubeObject;
  readonly Namespace: KubeObject;
  readonly Secret: Secret;
}

export type ReadableKind = keyof ReadableKinds;

/** What reading gave: a typed object; findings when a field does not fit; `unknown` for kinds that are not read. */
export type ReadResult<Kind extends ReadableKind = ReadableKind> =
  | { readonly state: 'read'; readonly kind: Kind; readonly object: ReadableKinds[Kind] }
  | { readonly state: 'invalid'; readonly findings: readonly Finding[] }
  | { readonly state: 'unknown' };

type Parts = Readonly<Record<string, z.ZodType>>;

const readers: ReadonlyMap<string, Parts> = new Map<string, Parts>([
  ['/Service', { spec: serviceSpec.optional(), status: serviceStatus.optional() }],
  ['/Pod', { spec: podSpec.optional(), status: podStatus.optional() }],
  ['/Node', {}],
  ['/Namespace', {}],
  ['/Secret', secretFields.shape],
  ['discovery.k8s.io/EndpointSlice', endpointSliceFields.shape],
  ...istioKinds.map((kind): [string, Parts] => [`${kind.group}/${kind.kind}`, istioParts(kind)]),
]);

function istioParts({ spec, status }: KindDefinition): Parts {
  return { spec: spec.prefault({}), status: (status ?? z.unknown()).optional() };
}

const known = new WeakMap<KubeObject, ReadResult>();

/**
 * Reads an object of any served version of its kind into its type. Unknown fields of a spec are dropped. The result is
 * kept per object, so that reading the same (immutable) object again costs a look-up.
 */
export function readObject(object: KubeObject): ReadResult {
  const before = known.get(object);
  if (before) return before;
  const result = read(object);
  known.set(object, result);
  return result;
}

function read(object: KubeObject): ReadResult {
  const parts = readers.get(`${parseApiVersion(object.apiVersion).group}/${object.kind}`);
  if (!parts) return { state: 'unknown' };
  const findings: Finding[] = [];
  const fields: Record<string, unknown> = {};
  for (const [field, schema] of Object.entries(parts)) {
    const parsed = schema.safeParse(object[field]);
    if (parsed.success) fields[field] = parsed.data;
    else findings.push(...parsed.error.issues.map((issue) => findingOf(object, field, issue)));
  }
  if (findings.length > 0) return { state: 'invalid', findings };
  const typed: KubeObject = { ...object, ...fields };
  return { state: 'read', kind: object.kind as ReadableKind, object: typed as ReadableKinds[ReadableKind] };
}

function findingOf({ apiVersion, kind, metadata }: KubeObject, field: string, issue: z.core.$ZodIssue): Finding {
  const path = issue.path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}.${String(part)}`),
    field,
  );
  const { name, namespace } = metadata;
  return {
    code: 'FLO4002',
    severity: 'error',
    object: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) },
    path,
    message: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}: ${path}: ${issue.message}`,
    hint: 'the object is left out until the field is right',
  };
}
