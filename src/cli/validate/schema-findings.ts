import { z } from 'zod';
import { hubKinds } from '../../federation';
import { bundleKind } from '../../federation/api';
import { referenceTo } from '../../istio/findings';
import { metadataFindings } from '../../istio/validation';
import type { Finding } from '../../kernel';
import {
  apiVersionOfKind,
  type KindDefinition,
  type KubeObject,
  type StructuralSchema,
  toCustomResourceDefinition,
} from '../../kube/schema';
import { compileBuiltIn, type CompiledSchema, compileSchema } from '../../kube/server/schema';

const versionsOf = z.object({
  versions: z.array(z.object({ schema: z.object({ openAPIV3Schema: z.custom<StructuralSchema>() }) })),
});

/** Flotilla's kinds by `apiVersion/kind`, compiled when they are first needed. */
const ownKinds = new Map<string, KindDefinition>(
  [...hubKinds, bundleKind].map((kind) => [`${apiVersionOfKind(kind)}/${kind.kind}`, kind]),
);
const compiled = new Map<string, CompiledSchema>();

/** Whether an object is of one of Flotilla's kinds. */
export function isOwnKind({ apiVersion, kind }: Readonly<Record<string, unknown>>): boolean {
  return ownKinds.has(`${String(apiVersion)}/${String(kind)}`);
}

/**
 * What an API server would say about the shape of an object of Flotilla's or Kubernetes' own kinds: types, bounds, unknown fields, CEL rules, metadata.
 * Undefined for kinds that are not known here.
 */
export function schemaFindings(object: Readonly<Record<string, unknown>>): Finding[] | undefined {
  const schema = schemaOf(`${String(object.apiVersion)}/${String(object.kind)}`);
  if (schema === undefined) return undefined;
  const named = metadataFindings(object);
  if (named.length > 0) return named;
  return shapeFindings(schema, object as KubeObject, '');
}

/** What is wrong with the shape of an object that stands inside another one, below `prefix`. */
export function embeddedSchemaFindings(object: KubeObject, prefix: string): Finding[] {
  const schema = schemaOf(`${object.apiVersion}/${object.kind}`);
  return schema === undefined ? [] : shapeFindings(schema, object, prefix);
}

function shapeFindings(schema: CompiledSchema, object: KubeObject, prefix: string): Finding[] {
  const finding = (path: string, message: string, hint?: string): Finding => ({
    code: 'FLO3018',
    severity: 'error',
    object: referenceTo(object),
    path: `${prefix}${path}`,
    message,
    ...(hint === undefined ? {} : { hint }),
  });
  const hint = 'correct the name or the indentation; an API server drops what it does not know';
  const unknown = schema.findUnknownFields(object).map((path) => finding(path, 'there is no such field', hint));
  const errors = schema.validate(schema.applyDefaults(schema.prune(object))).filter(({ field }) => field !== '<nil>');
  return [...unknown, ...errors.map(({ field, detail }) => finding(field, detail))];
}

function schemaOf(key: string): CompiledSchema | undefined {
  const before = compiled.get(key);
  if (before !== undefined) return before;
  const kind = ownKinds.get(key);
  if (kind === undefined) return compileBuiltIn(key);
  const [version] = versionsOf.parse(toCustomResourceDefinition(kind).spec).versions;
  const schema = compileSchema(version?.schema.openAPIV3Schema ?? {});
  compiled.set(key, schema);
  return schema;
}
