import type { KubeObject } from '../../schema';
import { badRequest } from '../api-error';
import { type FieldRequirement, matchesFields, parseFieldSelector, parseLabelSelector } from '../request/selector';
import type { ServedKind } from '../resources/served-kind';
import type { StoreEvent, StoredObject } from '../storage';

/** Decides which stored objects a list, watch or delete of a collection is about. */
export interface Selection {
  /** Selects without looking: counts and pages need no filter. */
  readonly everything: boolean;
  readonly selects: (object: StoredObject) => boolean;
}

const METADATA_FIELDS: readonly string[] = ['metadata.name', 'metadata.namespace'];

/** The selection of a query's `labelSelector` and `fieldSelector`. @throws ApiError 400 on bad syntax or an unknown field */
export function selectionOf(kind: ServedKind, query: URLSearchParams, onlyName = ''): Selection {
  const labels = parseLabelSelector(query.get('labelSelector'));
  const fields = parseFieldSelector(query.get('fieldSelector'));
  checkFields(kind, fields);
  const inner = fields.filter(({ field }) => !METADATA_FIELDS.includes(field));
  const outer = fields.filter(({ field }) => METADATA_FIELDS.includes(field));
  return {
    everything: labels === undefined && fields.length === 0 && onlyName === '',
    selects: (object) =>
      (onlyName === '' || object.key.name === onlyName) &&
      (labels === undefined || labels(object.labels)) &&
      (outer.length === 0 || matchesFields(outer, metadataFieldsOf(object))) &&
      (inner.length === 0 || matchesFields(inner, object.fields(kind.strategy.selectableFields ?? noFields))),
  };
}

function metadataFieldsOf({ key }: StoredObject): Readonly<Record<string, string>> {
  return { 'metadata.name': key.name, 'metadata.namespace': key.namespace };
}

function noFields(): Readonly<Record<string, string>> {
  return {};
}

function checkFields(kind: ServedKind, requirements: readonly FieldRequirement[]): void {
  if (requirements.length === 0) return;
  const empty: KubeObject = { apiVersion: '', kind: kind.kind, metadata: { name: '' } };
  const known = [...METADATA_FIELDS, ...Object.keys(kind.strategy.selectableFields?.(empty) ?? {})];
  const unknown = requirements.find(({ field }) => !known.includes(field));
  if (unknown !== undefined) throw badRequest(`field label not supported: ${unknown.field}`);
}

/** How a watcher of a selection sees an event, if it does: an object may enter or leave the selection by a change. */
export function seenType({ selects, everything }: Selection, event: StoreEvent): StoreEvent['type'] | undefined {
  if (everything) return event.type;
  const before = event.previous !== undefined && selects(event.previous);
  const after = event.type !== 'DELETED' && selects(event.object);
  if (after) return before ? 'MODIFIED' : 'ADDED';
  return before ? 'DELETED' : undefined;
}
