import { createHash } from 'node:crypto';
import { apiVersionOf } from '../../schema';
import type { ApiRequest, ApiResponse } from '../http/api-exchange';
import { jsonResponse } from '../http/api-exchange';
import { negotiate } from '../http/negotiate';
import { type ServedKind, STORED_VERBS } from '../resources/served-kind';
import { type VirtualKind, virtualKinds } from '../resources/virtual-kinds';

/** metav1.APIResource. */
interface ApiResource {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly storageVersionHash?: string;
}

type AnyKind = ServedKind | VirtualKind;

function isStored(kind: AnyKind): kind is ServedKind {
  return 'schema' in kind;
}

/** Kinds by `apiVersion`, in the order clients prefer: the core group, then groups by name; newest version of a group first. */
export function groupVersionsOf(kinds: readonly ServedKind[]): ReadonlyMap<string, readonly AnyKind[]> {
  const all: readonly AnyKind[] = [...kinds, ...virtualKinds];
  const sorted = [...all].sort(byPreference);
  const result = new Map<string, AnyKind[]>();
  for (const kind of sorted) {
    const list = result.get(apiVersionOf(kind));
    if (list === undefined) result.set(apiVersionOf(kind), [kind]);
    else list.push(kind);
  }
  return result;
}

/** Kubernetes' own groups come before those of custom kinds, as aggregation priorities have it. */
function byPreference(left: AnyKind, right: AnyKind): number {
  return (
    Number(isCustom(left)) - Number(isCustom(right)) ||
    compareText(left.group, right.group) ||
    compareVersions(right.version, left.version) ||
    compareText(left.plural, right.plural)
  );
}

function isCustom(kind: AnyKind): boolean {
  return isStored(kind) && kind.custom;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Kubernetes' version priority: v2 > v1 > v1beta2 > v1beta1 > v1alpha1, then anything else by name. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [rankOf(left), rankOf(right)];
  for (let index = 0; index < 3; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return compareText(right, left);
}

const STAGES: Readonly<Record<string, number>> = { alpha: 1, beta: 2 };

function rankOf(version: string): readonly number[] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (match === null) return [0, 0, 0];
  const stage = match[2] === undefined ? 3 : (STAGES[match[2]] ?? 0);
  return [stage, Number(match[1]), Number(match[3] ?? 0)];
}

/** metav1.APIVersions, at `/api`. */
export function coreVersions(address: string): unknown {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: address }];
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
}

/** metav1.APIGroupList, at `/apis`. */
export function groupList(kinds: readonly ServedKind[]): unknown {
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groupsOf(kinds).map(({ name, versions }) => groupOf(name, versions)),
  };
}

/** metav1.APIGroup, at `/apis/GROUP`; undefined when nothing serves the group. */
export function singleGroup(kinds: readonly ServedKind[], name: string): unknown {
  const found = groupsOf(kinds).find((group) => group.name === name);
  return found && { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(found.name, found.versions) };
}

function groupOf(name: string, versions: readonly string[]): object {
  const entries = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: entries, preferredVersion: entries[0] };
}

interface Group {
  readonly name: string;
  readonly versions: string[];
}

function groupsOf(kinds: readonly ServedKind[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const [first] of groupVersionsOf(kinds).values()) {
    if (first === undefined || first.group === '') continue;
    const group = groups.get(first.group) ?? { name: first.group, versions: [] };
    group.versions.push(first.version);
    groups.set(first.group, group);
  }
  return [...groups.values()];
}

/** metav1.APIResourceList, at `/api/v1` and `/apis/GROUP/VERSION`; undefined when nothing serves it. */
export function resourceList(kinds: readonly ServedKind[], apiVersion: string): unknown {
  const served = groupVersionsOf(kinds).get(apiVersion);
  return (
    served && {
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: apiVersion,
      resources: served.flatMap(resourcesOf),
    }
  );
}

function resourcesOf(kind: AnyKind): readonly ApiResource[] {
  const { plural: name, singular: singularName, namespaced, kind: kindName } = kind;
  const main: ApiResource = {
    name,
    singularName,
    namespaced,
    kind: kindName,
    verbs: verbsOf(kind),
    ...(isStored(kind) && kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(isStored(kind) && kind.categories.length > 0 ? { categories: kind.categories } : {}),
    ...(isStored(kind)
      ? { storageVersionHash: hashOf(`${kind.storageApiVersion}/${kindName}`).slice(0, 11) + '=' }
      : {}),
  };
  return [main, ...subresourcesOf(kind)];
}

function verbsOf(kind: AnyKind): readonly string[] {
  return isStored(kind) ? STORED_VERBS : ['create'];
}

const STATUS_VERBS = ['get', 'patch', 'update'];

/** Subresources that only one kind has. */
const OWN_SUBRESOURCES: Readonly<Record<string, Omit<ApiResource, 'singularName' | 'namespaced'>>> = {
  namespaces: { name: 'namespaces/finalize', kind: 'Namespace', verbs: ['update'] },
  serviceaccounts: {
    name: 'serviceaccounts/token',
    kind: 'TokenRequest',
    group: 'authentication.k8s.io',
    version: 'v1',
    verbs: ['create'],
  },
  pods: { name: 'pods/eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
};

function subresourcesOf(kind: AnyKind): readonly ApiResource[] {
  if (!isStored(kind)) return [];
  const { plural, namespaced, subresources, kind: kindName } = kind;
  const base = { singularName: '', namespaced };
  const scale = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
  const own = kind.group === '' ? OWN_SUBRESOURCES[plural] : undefined;
  return [
    ...(own ? [{ ...base, ...own }] : []),
    ...(subresources.scale ? [{ ...base, name: `${plural}/scale`, ...scale, verbs: STATUS_VERBS }] : []),
    ...(subresources.status ? [{ ...base, name: `${plural}/status`, kind: kindName, verbs: STATUS_VERBS }] : []),
  ];
}

/** apidiscovery.k8s.io APIGroupDiscoveryList: everything in one answer. `core` for `/api`, otherwise `/apis`. */
export function aggregatedDiscovery(kinds: readonly ServedKind[], core: boolean, version: string): unknown {
  const groups = new Map<string, object[]>();
  for (const [, served] of groupVersionsOf(kinds)) {
    const [first] = served;
    if (first === undefined || (first.group === '') !== core) continue;
    const entry = { version: first.version, resources: served.map(aggregatedResource), freshness: 'Current' };
    groups.set(first.group, [...(groups.get(first.group) ?? []), entry]);
  }
  const items = [...groups].map(([name, versions]) => ({ metadata: name === '' ? {} : { name }, versions }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items };
}

function aggregatedResource(kind: AnyKind): object {
  const [, ...subresources] = resourcesOf(kind);
  const { group, version, plural, singular, namespaced } = kind;
  return {
    resource: plural,
    responseKind: { group, version, kind: kind.kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: verbsOf(kind),
    ...(isStored(kind) && kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(isStored(kind) && kind.categories.length > 0 ? { categories: kind.categories } : {}),
    ...(subresources.length > 0 ? { subresources: subresources.map((sub) => aggregatedSubresource(kind, sub)) } : {}),
  };
}

function aggregatedSubresource(kind: AnyKind, { name, verbs, kind: kindName, group, version }: ApiResource): object {
  return {
    subresource: name.slice(name.indexOf('/') + 1),
    responseKind: { group: group ?? kind.group, version: version ?? kind.version, kind: kindName },
    verbs,
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** Answers a discovery path, or undefined when nothing serves it. */
export function discover(
  { info, headers }: ApiRequest,
  kinds: readonly ServedKind[],
  address: string,
): ApiResponse | undefined {
  const parts = info.path.split('/').filter((part) => part !== '');
  const root = parts[0] ?? '';
  if (root !== 'api' && root !== 'apis') return undefined;
  const value =
    parts.length === 1
      ? rootDiscovery(parts[0] === 'api', kinds, address, headers.accept)
      : namedDiscovery(parts, kinds);
  if (value === undefined) return undefined;
  const response = jsonResponse(200, value.body);
  if (response.kind !== 'bytes' || value.contentType === undefined) return response;
  const etag = `"${hashOf(JSON.stringify(value.body))}"`;
  const more = { 'content-type': value.contentType, etag, vary: 'Accept' };
  if (headers['if-none-match'] === etag) return { kind: 'bytes', status: 304, headers: more, body: [] };
  return { ...response, headers: more };
}

interface Discovered {
  readonly body: unknown;
  readonly contentType?: string;
}

function rootDiscovery(
  core: boolean,
  kinds: readonly ServedKind[],
  address: string,
  accept: string | undefined,
): Discovered {
  const { as, group, version } = negotiate(accept, ['APIGroupDiscoveryList']);
  if (as === undefined || group !== 'apidiscovery.k8s.io') {
    return { body: core ? coreVersions(address) : groupList(kinds) };
  }
  const wanted = version === 'v2beta1' ? 'v2beta1' : 'v2';
  const contentType = `application/json;g=apidiscovery.k8s.io;v=${wanted};as=APIGroupDiscoveryList`;
  return { body: aggregatedDiscovery(kinds, core, wanted), contentType };
}

function namedDiscovery(parts: readonly string[], kinds: readonly ServedKind[]): Discovered | undefined {
  const [root, first = '', second] = parts;
  const body =
    root === 'api'
      ? resourceList(kinds, first)
      : second === undefined
        ? singleGroup(kinds, first)
        : resourceList(kinds, `${first}/${second}`);
  return body === undefined ? undefined : { body };
}
