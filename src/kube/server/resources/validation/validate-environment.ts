import { type FieldError, invalid } from '../../schema';
import { present } from './field-rules';

interface KeyReference {
  readonly name?: string;
  readonly key?: string;
}

/** An environment variable of a container. */
export interface EnvironmentVariable {
  readonly name?: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath?: string };
    readonly configMapKeyRef?: KeyReference;
    readonly secretKeyRef?: KeyReference;
    readonly resourceFieldRef?: object;
    readonly fileKeyRef?: object;
  };
}

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];
const KEYED = ['configMapKeyRef', 'secretKeyRef'] as const;
const FIELDS = [
  ...['metadata.name', 'metadata.namespace', 'metadata.uid', 'metadata.labels', 'metadata.annotations'],
  ...['spec.nodeName', 'spec.serviceAccountName', 'status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs'],
];
const KEYED_FIELD = /^metadata\.(labels|annotations)\['.+'\]$/;

/** A variable has a name, and a value or one known source. */
export function variableErrors(
  { name, value = '', valueFrom }: EnvironmentVariable,
  field: string,
): readonly FieldError[] {
  const errors = present(name, `${field}.name`);
  if (valueFrom === undefined) return errors;
  const place = `${field}.valueFrom`;
  const sources = Object.keys(valueFrom).filter((source) => SOURCES.includes(source));
  const known =
    'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
  return [
    ...errors,
    ...(sources.length === 0 ? [invalid(place, '', known)] : []),
    ...(value !== '' ? [invalid(place, '', 'may not be specified when `value` is not empty')] : []),
    ...(sources.length > 1 ? [invalid(place, '', 'may not have more than one field specified at a time')] : []),
    ...fieldErrors(valueFrom.fieldRef?.fieldPath, `${place}.fieldRef.fieldPath`),
    ...KEYED.flatMap((source) => {
      const reference = valueFrom[source];
      if (reference === undefined) return [];
      return [
        ...present(reference.name, `${place}.${source}.name`),
        ...present(reference.key, `${place}.${source}.key`),
      ];
    }),
  ];
}

function fieldErrors(path: string | undefined, field: string): readonly FieldError[] {
  if (path === undefined || FIELDS.includes(path) || KEYED_FIELD.test(path)) return [];
  return [invalid(field, path, `error converting fieldPath: field label not supported: ${path}`)];
}
