import { jsonEqual } from '../../../kernel';
import type { KubeObject } from '../../schema';
import { checkSchema, type FieldError, forbidden, invalid, required } from '../schema';
import { acceptNames, type DefinitionCondition, type DefinitionNames } from './definition-names';
import type { BuiltInStrategy, StrategyContext } from './served-kind';
import type { CustomResourceDefinition, CustomResourceDefinitionSpec } from './custom-resource';

const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/**
 * CustomResourceDefinitions are served the moment they are stored, so they are born Established, unless another one of
 * the group has a name of theirs. The finalizer makes
 * the objects go before their kind does.
 */
export const customResourceDefinitionStrategy: BuiltInStrategy = {
  needsResourceVersion: true,
  prepareForCreate(object, context) {
    const definition = withDefaults(object as CustomResourceDefinition);
    const { metadata } = definition;
    const finalizers = [...new Set([...(metadata.finalizers ?? []), CLEANUP])];
    return { ...definition, metadata: { ...metadata, finalizers }, status: statusOf(definition, {}, context) };
  },
  prepareForUpdate(next, live, context) {
    const definition = withDefaults(next as CustomResourceDefinition);
    return { ...definition, status: statusOf(definition, live.status ?? {}, context) };
  },
  validate: (object, live) =>
    validateDefinition(object as CustomResourceDefinition, live as CustomResourceDefinition | undefined),
};

function withDefaults(definition: CustomResourceDefinition): CustomResourceDefinition {
  const { spec } = definition;
  if (spec?.names === undefined) return definition;
  const { names } = spec;
  const kind = names.kind ?? '';
  const filled = {
    ...names,
    singular: names.singular ?? kind.toLowerCase(),
    listKind: names.listKind ?? `${kind}List`,
  };
  const conversion = (spec as { conversion?: unknown }).conversion ?? { strategy: 'None' };
  return { ...definition, spec: { ...spec, names: filled, conversion } as CustomResourceDefinitionSpec };
}

interface DefinitionStatus {
  readonly acceptedNames?: Partial<DefinitionNames>;
  readonly conditions?: readonly DefinitionCondition[];
  readonly storedVersions?: readonly string[];
}

function statusOf(
  { spec, metadata }: CustomResourceDefinition,
  before: DefinitionStatus,
  { nowMs, namesInUse }: StrategyContext,
): object {
  // Validation says what is missing.
  if (spec?.names === undefined) return before;
  const { acceptedNames, conditions } = acceptNames(spec.names, namesInUse(spec.group, metadata.name), before, nowMs);
  const { storedVersions = [] } = before;
  const storage = spec.versions?.find((version) => version.storage)?.name;
  const stored = storage === undefined ? storedVersions : [...new Set([...storedVersions, storage])];
  return { acceptedNames, conditions, storedVersions: stored };
}

function validateDefinition(
  definition: CustomResourceDefinition,
  live?: CustomResourceDefinition,
): readonly FieldError[] {
  const { spec, metadata } = definition;
  if (spec === undefined) return [required('spec')];
  const { group, names, versions = [] } = spec;
  const errors: FieldError[] = [];
  const expected = `${names?.plural ?? ''}.${group}`;
  if (metadata.name !== expected)
    errors.push(invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'));
  if (versions.filter(({ storage }) => storage).length !== 1) {
    errors.push(
      invalid(
        'spec.versions',
        versions.map(({ name }) => name),
        'must have exactly one version marked as storage version',
      ),
    );
  }
  if (live?.spec !== undefined && live.spec.scope !== spec.scope)
    errors.push(invalid('spec.scope', spec.scope, 'field is immutable'));
  if (live?.spec !== undefined && live.spec.names.kind !== names.kind)
    errors.push(invalid('spec.names.kind', names.kind, 'field is immutable'));
  // Versions that share one schema have it at one place, as Kubernetes' internal type has.
  const [first, ...others] = versions;
  if (first !== undefined && others.every(({ schema }) => jsonEqual(schema, first.schema)))
    errors.push(...schemaErrors(first, 'spec.validation'));
  else versions.forEach((version, index) => errors.push(...schemaErrors(version, `spec.versions[${index}].schema`)));
  if ((spec as { preserveUnknownFields?: boolean }).preserveUnknownFields === true) {
    errors.push(
      forbidden(
        'spec.preserveUnknownFields',
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ),
    );
  }
  return errors;
}

function schemaErrors(version: CustomResourceDefinitionSpec['versions'][number], field: string): readonly FieldError[] {
  const schema = version.schema?.openAPIV3Schema;
  if (schema === undefined) return [required(`${field}.openAPIV3Schema`, 'schemas are required')];
  return checkSchema(schema, `${field}.openAPIV3Schema`);
}

/** Whether the definition's objects must be removed before it goes. */
export function awaitsCleanup({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(CLEANUP);
}

/** The definition without its cleanup finalizer. */
export function withoutCleanup(definition: KubeObject): KubeObject {
  const finalizers = (definition.metadata.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP);
  return { ...definition, metadata: { ...definition.metadata, finalizers } };
}
