import { apiVersionOf, type KubeObject } from '../../schema';
import { ApiError, badRequest } from '../api-error';
import { decodingProblem, describeInvalid, type FieldError, validateMetadata, validateMetadataUpdate } from '../schema';
import type { ServedKind } from '../resources/served-kind';
import type { WriteOptions } from './write-request';

/** Why an object of a built-in kind cannot be read as one, in the words of the real server; `undefined` when it can. */
export function unreadable(kind: ServedKind, object: unknown): string | undefined {
  return kind.custom ? undefined : decodingProblem(`${apiVersionOf(kind)}/${kind.kind}`, object);
}

/** @throws ApiError 400 when a value has a type that its field cannot hold */
export function checkReadable(kind: ServedKind, object: unknown): void {
  const problem = unreadable(kind, object);
  if (problem === undefined) return;
  throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ${problem}`);
}

/**
 * Reports fields that the schema does not know, as the request wants it (`fieldValidation`), and drops them.
 * @throws ApiError 400 when the request is strict
 */
export function dropUnknownFields(kind: ServedKind, object: KubeObject, options: WriteOptions): KubeObject {
  const unknown = options.fieldValidation === 'Ignore' ? [] : kind.schema.findUnknownFields(object);
  const messages = unknown.map((path) => `unknown field "${path}"`);
  if (options.fieldValidation === 'Strict' && messages.length > 0) {
    const { kind: name, version } = kind;
    const what = `${name} in version "${version}" cannot be handled as a ${name}`;
    throw badRequest(`${what}: strict decoding error: ${messages.join(', ')}`);
  }
  for (const message of messages) options.warn(message);
  return kind.schema.prune(object);
}

/** Checks a whole object: metadata, schema with CEL rules, and what the kind adds. @throws ApiError 422 with every finding */
export function checkObject(kind: ServedKind, object: KubeObject, live?: KubeObject): void {
  const errors = [
    ...(live === undefined ? validateMetadata(object, kind) : validateMetadataUpdate(object, live)),
    ...kind.schema.validate(object, live),
    ...(kind.strategy.validate?.(withoutNulls(object), live && withoutNulls(live)) ?? []),
  ];
  if (errors.length > 0) throw invalidObject(kind, object.metadata.name, errors);
}

/** Go prints an absent list as null and reads null as absent; checks written by hand see it as absent. */
function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutNulls) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, child]) => child !== null);
  return Object.fromEntries(entries.map(([name, child]) => [name, withoutNulls<unknown>(child)])) as T;
}

/** 422 with one cause for each finding. */
export function invalidObject(
  { kind, group }: Pick<ServedKind, 'kind' | 'group'>,
  name: string,
  errors: readonly FieldError[],
): ApiError {
  const { message, details } = describeInvalid({ group, kind, name }, errors);
  return new ApiError('Invalid', message, details);
}
