import type { KubeObject } from '../../schema';
import { compareValues } from './compare';
import type { FieldSet } from './field-set';
import { isMap } from './list-item';
import { goJson } from './path-element';
import type { Shape } from './shape';
import { toFieldSet } from './to-field-set';

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

interface Request {
  readonly applied: KubeObject;
  readonly manager: string;
  readonly apiVersion: string;
}

/**
 * Fields that kubectl may take over without force, because its client-side apply set them and nobody changed them
 * since. `undefined` when the request is not kubectl's or the object carries no such record.
 */
export function allowedByLastApplied(request: Request, live: object, shape: Shape): FieldSet | undefined {
  if (request.manager !== 'kubectl') return undefined;
  const record = annotationsOf(live)[ANNOTATION];
  if (typeof record !== 'string' || record === '') return undefined;
  const last = parseObject(record);
  if (last?.apiVersion !== request.apiVersion) return undefined;
  const { added, modified, removed } = compareValues(last, live, shape);
  return toFieldSet(last, shape).difference(modified).difference(added).difference(removed);
}

/** Keeps the record of client-side apply in step, so that a user can go back to it. Only kubectl's applies do that. */
export function refreshLastApplied(request: Request, object: KubeObject): KubeObject {
  const { annotations } = object.metadata;
  if (request.manager !== 'kubectl' || !annotations?.[ANNOTATION]) return object;
  const record = `${goJson(withoutRecord(request.applied))}\n`;
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [ANNOTATION]: record } } };
}

function withoutRecord(applied: KubeObject): unknown {
  if (applied.metadata.annotations?.[ANNOTATION] === undefined) return applied;
  const { [ANNOTATION]: _record, ...annotations } = applied.metadata.annotations;
  return { ...applied, metadata: { ...applied.metadata, annotations } };
}

function annotationsOf(object: object): Readonly<Record<string, unknown>> {
  const { metadata } = object as { readonly metadata?: unknown };
  const annotations = isMap(metadata) ? metadata.annotations : undefined;
  return isMap(annotations) ? annotations : {};
}

/** The record is what a user's tool wrote: anything but a JSON object counts as no record. */
function parseObject(record: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(record);
    return isMap(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
