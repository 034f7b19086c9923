import { badRequest } from '../api-error';

/** What a request asks for, read from its method and URL alone (Kubernetes: RequestInfo). */
export interface RequestInfo {
  readonly path: string;
  readonly query: URLSearchParams;
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; the lower-case method for other paths. */
  readonly verb: string;
  /** Set when the path names a resource of an API group. */
  readonly resource?: ResourceRequest;
}

/** The parts of `/apis/GROUP/VERSION[/namespaces/NAMESPACE]/PLURAL[/NAME[/SUBRESOURCE]]`. */
export interface ResourceRequest {
  readonly group: string;
  readonly version: string;
  /** Empty for cluster-scoped resources and for lists over all namespaces. */
  readonly namespace: string;
  readonly plural: string;
  /** Empty for collections. */
  readonly name: string;
  readonly subresource: string;
}

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
const NAMESPACE_SUBRESOURCES: readonly string[] = ['status', 'finalize'];

/** Splits a request into what it asks for. Pure; knows no kinds. @throws ApiError 400 on a broken escape */
export function resolveRequestInfo(method: string, url: string): RequestInfo {
  const [rawPath = '', rawQuery = ''] = splitOnce(url, '?');
  const query = new URLSearchParams(rawQuery);
  const parts = rawPath
    .split('/')
    .filter((part) => part !== '')
    .map(unescaped);
  const resource = resourceOf(parts);
  return { path: rawPath, query, verb: verbOf(method, query, resource), ...(resource ? { resource } : {}) };
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw badRequest(`the path holds a broken escape: ${part}`, cause);
  }
}

function splitOnce(text: string, separator: string): string[] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

function resourceOf(parts: readonly string[]): ResourceRequest | undefined {
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') return undefined;
  const [group = '', version = '', ...rest] = core ? ['', ...parts.slice(1)] : parts.slice(1);
  if (rest.length === 0) return undefined;
  return { group, version, ...scopeOf(rest) };
}

function scopeOf(rest: readonly string[]): Omit<ResourceRequest, 'group' | 'version'> {
  const [first = '', second = '', third = ''] = rest;
  const inNamespace =
    first === 'namespaces' && third !== '' && !(rest.length === 3 && NAMESPACE_SUBRESOURCES.includes(third));
  const [plural = '', name = '', ...tail] = inNamespace ? rest.slice(2) : rest;
  return { namespace: inNamespace ? second : '', plural, name, subresource: tail.join('/') };
}

function verbOf(method: string, query: URLSearchParams, resource: ResourceRequest | undefined): string {
  if (resource === undefined) return method.toLowerCase();
  if (method === 'DELETE' && resource.name === '') return 'deletecollection';
  if (method !== 'GET' && method !== 'HEAD') return VERBS[method] ?? method.toLowerCase();
  if (isTrue(query.get('watch'))) return 'watch';
  return resource.name === '' ? 'list' : 'get';
}

/** How Kubernetes reads a boolean query parameter: present and neither `false` nor `0`. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== '0';
}
