import { apiVersionOf, type KubeObject, type ResourceKind } from '../schema';
import { KubeApiError } from './kube-api-error';
import type { ListOptions, ListResult } from './request-options';
import type { ApiAnswer, ApiRequest } from './transport';

const PAGE_SIZE = 500;
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** Asks for one page. */
export type FetchPage = (query: NonNullable<ApiRequest['query']>, accept: string | undefined) => Promise<ApiAnswer>;

interface ListBody<T> {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly T[] | null;
}

/**
 * Follows `continue` to the end; fails as a whole, so half a list is never taken for the state. When the token grows
 * too old on the way (410: the list takes longer than etcd keeps its history), asks once more for everything in one
 * page.
 */
export async function listPages<T extends KubeObject>(
  kind: ResourceKind,
  options: ListOptions,
  fetchPage: FetchPage,
): Promise<ListResult<T>> {
  try {
    return await followPages<T>(kind, { limitPerPage: PAGE_SIZE, ...options }, fetchPage);
  } catch (cause) {
    if (!(cause instanceof KubeApiError && cause.isGone)) throw cause;
    return followPages<T>(kind, { ...options, limitPerPage: 0 }, fetchPage);
  }
}

async function followPages<T extends KubeObject>(
  kind: ResourceKind,
  options: ListOptions,
  fetchPage: FetchPage,
): Promise<ListResult<T>> {
  const items: T[] = [];
  const accept = options.metadataOnly ? METADATA_ONLY : undefined;
  let next: string | undefined;
  for (;;) {
    const answer = await fetchPage(pageQuery(options, next), accept);
    const { metadata, items: page } = answer.body as ListBody<T>;
    for (const item of page ?? []) items.push(withType(kind, item));
    next = metadata?.continue;
    if (next === undefined || next === '') return { items, resourceVersion: metadata?.resourceVersion ?? '' };
  }
}

function pageQuery(options: ListOptions, next: string | undefined): NonNullable<ApiRequest['query']> {
  return {
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    limit: options.limitPerPage === 0 ? undefined : options.limitPerPage,
    continue: next,
    // A continue token carries its own version; the server refuses both together.
    resourceVersion: next === undefined ? options.resourceVersion : undefined,
  };
}

/** The API server leaves apiVersion and kind out of the items of a list of built-in objects. */
function withType<T extends KubeObject>(kind: ResourceKind, item: T): T {
  if (item.kind === kind.kind && item.apiVersion !== undefined) return item;
  return { ...item, apiVersion: apiVersionOf(kind), kind: kind.kind };
}
