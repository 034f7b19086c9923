import type { Clock } from '../../../kernel';
import { apiVersionOf } from '../../schema';
import { ApiError, badRequest } from '../api-error';
import type { ApiRequest, ApiResponse } from '../http/api-exchange';
import { negotiate } from '../http/negotiate';
import { inVersion, jsonInVersion } from '../registry/object-registry';
import type { Target } from '../registry/write-request';
import { type ObjectStore, RevisionCompactedError, type StoredObject } from '../storage';
import { decodeContinue, encodeContinue, expiredContinue } from './continue-token';
import {
  type ListMetadata,
  listResponse,
  metadataOnly,
  objectResponse,
  RESOURCE_SHAPES,
  tableOf,
} from './encode-objects';
import { type Selection, selectionOf } from './selection';

/** How long a list waits for a revision that has not been written yet. */
const FRESHNESS_WAIT_MS = 3_000;

/** Answers `list`: a page of the selected objects, in JSON, YAML or as a Table. */
export async function list(
  request: ApiRequest,
  target: Target,
  store: ObjectStore,
  clock: Clock,
): Promise<ApiResponse> {
  const { kind } = target;
  const { query } = request.info;
  const representation = negotiate(request.headers.accept, RESOURCE_SHAPES);
  const selection = selectionOf(kind, query, target.name);
  await waitForRevision(store, clock, minimumRevision(query));
  const { objects, metadata } = pageOf(store, target, query, selection);
  checkSize(objects);
  if (representation.format === 'json' && representation.as === undefined) {
    return listResponse(
      kind,
      objects.map((object) => jsonInVersion(kind, object)),
      metadata,
    );
  }
  const parsed = objects.map((object) => inVersion(kind, object.parse()));
  if (representation.as === 'Table') {
    const includeObject = query.get('includeObject');
    return objectResponse(
      200,
      tableOf(kind, parsed, { metadata, includeObject, nowMs: clock.nowMs() }),
      representation,
    );
  }
  const partial = representation.as !== undefined;
  const names = partial
    ? { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' }
    : { kind: kind.listKind, apiVersion: apiVersionOf(kind) };
  const items = partial ? parsed.map(metadataOnly) : parsed;
  return objectResponse(200, { ...names, metadata, items }, representation);
}

/** Longer answers are refused: they would hold up everybody else while they are made. */
const MAX_LIST_BYTES = 256 * 1024 * 1024;

/** @throws ApiError 413 when the page is too long to be sent at once */
function checkSize(objects: readonly StoredObject[]): void {
  const bytes = objects.reduce((sum, { json }) => sum + json.length, 0);
  if (bytes <= MAX_LIST_BYTES) return;
  throw new ApiError(
    'RequestEntityTooLarge',
    `the list is longer than ${MAX_LIST_BYTES} bytes; read it in pages with limit`,
  );
}

interface ListPage {
  readonly objects: readonly StoredObject[];
  readonly metadata: ListMetadata;
}

function pageOf(
  store: ObjectStore,
  { kind, namespace }: Target,
  query: URLSearchParams,
  selection: Selection,
): ListPage {
  const token = query.get('continue');
  const start = token ? decodeContinue(token) : undefined;
  const revision = start?.revision ?? exactRevision(query) ?? store.revision;
  const limit = limitOf(query);
  const range = { ...(namespace === '' ? {} : { namespace }), ...(start ? { after: start.after } : {}) };
  const all = rangeAt(store, kind.resource, revision, range);
  const selected = selection.everything ? all : all.filter(selection.selects);
  const objects = limit === undefined ? selected : selected.slice(0, limit);
  const remaining = selected.length - objects.length;
  const last = objects.at(-1);
  if (remaining === 0 || last === undefined) return { objects, metadata: { resourceVersion: String(revision) } };
  const more = { continue: encodeContinue({ revision, after: last.path }) };
  const count = selection.everything ? { remainingItemCount: remaining } : {};
  return { objects, metadata: { resourceVersion: String(revision), ...more, ...count } };
}

function rangeAt(
  store: ObjectStore,
  resource: string,
  revision: number,
  range: { readonly namespace?: string; readonly after?: string },
): readonly StoredObject[] {
  try {
    return store.table(resource).listAt(revision, range).objects;
  } catch (cause) {
    if (cause instanceof RevisionCompactedError) throw expiredContinue();
    throw cause;
  }
}

function limitOf(query: URLSearchParams): number | undefined {
  const limit = Number(query.get('limit') ?? 0);
  if (!Number.isSafeInteger(limit) || limit < 0) throw badRequest(`invalid limit "${query.get('limit') ?? ''}"`);
  return limit === 0 ? undefined : limit;
}

function exactRevision(query: URLSearchParams): number | undefined {
  const revision = revisionOf(query);
  if (query.get('resourceVersionMatch') !== 'Exact') return undefined;
  if (revision === 0) throw badRequest('resourceVersionMatch "Exact" is forbidden for resourceVersion "0"');
  return revision;
}

function minimumRevision(query: URLSearchParams): number {
  const match = query.get('resourceVersionMatch');
  if (match !== null && match !== 'Exact' && match !== 'NotOlderThan') {
    throw badRequest(
      `resourceVersionMatch: Unsupported value: "${match}": supported values: "Exact", "NotOlderThan", ""`,
    );
  }
  if (match !== null && (query.get('resourceVersion') ?? '') === '') {
    throw badRequest('resourceVersionMatch is forbidden unless resourceVersion is provided');
  }
  return revisionOf(query);
}

/** The `resourceVersion` of a query, 0 when it has none. @throws ApiError 400 */
export function revisionOf(query: URLSearchParams): number {
  const text = query.get('resourceVersion') ?? '';
  const revision = Number(text === '' ? 0 : text);
  if (!Number.isSafeInteger(revision) || revision < 0)
    throw badRequest(`Invalid value: "${text}": invalid resourceVersion`);
  return revision;
}

/** Waits until a revision is visible. @throws ApiError 504 when it does not come: it may be from another server's life */
export async function waitForRevision(store: ObjectStore, clock: Clock, revision: number): Promise<void> {
  if (revision <= store.revision) return;
  await store.visible(revision, clock, FRESHNESS_WAIT_MS);
  if (revision <= store.revision) return;
  throw new ApiError('Timeout', `Too large resource version: ${revision}, current: ${store.revision}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}
