import type { ObjectReference } from '../../kernel';

/** Names an object of unchecked shape, as far as it has names. */
export function referenceTo(object: unknown): ObjectReference {
  const { apiVersion, kind, metadata } = fieldsOf(object);
  const { name, namespace } = fieldsOf(metadata);
  return {
    apiVersion: textOf(apiVersion),
    kind: textOf(kind),
    ...(typeof namespace === 'string' ? { namespace } : {}),
    name: textOf(name),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
