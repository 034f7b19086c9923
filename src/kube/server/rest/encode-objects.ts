import { stringify } from 'yaml';
import { apiVersionOf, type KubeObject } from '../../schema';
import { type ApiResponse, jsonResponse } from '../http/api-exchange';
import type { Representation } from '../http/negotiate';
import type { ServedKind } from '../resources/served-kind';
import { toTable } from '../table';

/** The `as` values that resources can be read in. */
export const RESOURCE_SHAPES: readonly string[] = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'];

/** metav1.ListMeta of an answer. */
export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** One object in the shape the client asked for. `includeObject` is the Table option of that name. */
export function shapeObject(
  kind: ServedKind,
  object: KubeObject,
  { as }: Representation,
  { includeObject, nowMs }: { readonly includeObject: string | null; readonly nowMs: number },
): unknown {
  if (as === 'Table') {
    const { resourceVersion } = object.metadata;
    return tableOf(kind, [object], { metadata: { resourceVersion: resourceVersion ?? '' }, includeObject, nowMs });
  }
  return as === 'PartialObjectMetadata' ? metadataOnly(object) : object;
}

/** A whole answer with one object. */
export function objectResponse(
  status: number,
  value: unknown,
  { format }: Representation,
  warnings: readonly string[] = [],
): ApiResponse {
  if (format === 'json') return jsonResponse(status, value, warnings);
  const headers = { 'content-type': 'application/yaml' };
  return { kind: 'bytes', status, headers, body: [Buffer.from(stringify(value))], warnings };
}

/** Only what every kind has: what metadata-only informers read. */
export function metadataOnly({ metadata }: KubeObject): unknown {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

/** What a Table is made of beside its objects. */
export interface TableOptions {
  readonly metadata: ListMetadata;
  /** `Metadata` (default), `Object` or `None`. */
  readonly includeObject: string | null;
  readonly nowMs: number;
}

/** The meta.k8s.io/v1 Table of objects, with their metadata in each row unless the client wants more or less. */
export function tableOf(kind: ServedKind, objects: readonly KubeObject[], options: TableOptions): unknown {
  const includeObject = INCLUDE_OBJECT.find((choice) => choice === options.includeObject) ?? 'Metadata';
  const request = { kind, includeObject, ...(kind.custom ? { columns: kind.columns } : {}) };
  return toTable(request, objects, options.nowMs, options.metadata);
}

const INCLUDE_OBJECT = ['None', 'Metadata', 'Object'] as const;

/** A list answer from objects' JSON as stored, without parsing them. */
export function listResponse(kind: ServedKind, items: readonly Buffer[], metadata: ListMetadata): ApiResponse {
  const head = JSON.stringify({ kind: kind.listKind, apiVersion: apiVersionOf(kind), metadata });
  const body: Buffer[] = [Buffer.from(`${head.slice(0, -1)},"items":[`)];
  items.forEach((item, index) => {
    if (index > 0) body.push(COMMA);
    body.push(item);
  });
  body.push(LIST_END);
  const headers = { 'content-type': 'application/json' };
  return { kind: 'bytes', status: 200, headers, body: [Buffer.concat(body)] };
}

const COMMA = Buffer.from(',');
const LIST_END = Buffer.from(']}');
