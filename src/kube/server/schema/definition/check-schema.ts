import type { StructuralSchema } from '../../../schema';
import { type FieldError, forbidden } from '../field-error';
import { completenessErrors } from './completeness-rules';
import { defaultErrors } from './default-rules';
import { openApiErrors } from './openapi-rules';
import { ruleErrors } from './rule-rules';
import { structuralErrors } from './structural-rules';

/** Where the schema of a definition with one version stands, as a kube-apiserver names it. */
const ONLY_VERSION = 'spec.validation.openAPIV3Schema';

/**
 * What a kube-apiserver would refuse in the schema of a CustomResourceDefinition version: the rules of structural schemas,
 * defaults that break their own schema, list keys that do not exist, CEL rules that do not compile. What is fundamental
 * is reported first, alone; rules are looked at once everything else is right.
 * @param field path of the schema in the definition, for the messages: a definition with several versions has it at
 * `spec.versions[N].schema.openAPIV3Schema`
 */
export function checkSchema(schema: StructuralSchema, field = ONLY_VERSION): FieldError[] {
  const nullable =
    schema.nullable === true ? [forbidden(`${field}.nullable`, 'nullable cannot be true at the root')] : [];
  const structural = [...structuralErrors(schema, field), ...completenessErrors(schema, field)].sort(byText);
  const defaults = structural.length > 0 ? [] : defaultErrors(schema, field);
  const errors = [...nullable, ...structural, ...defaults, ...openApiErrors(schema, field)];
  return errors.length > 0 ? errors : ruleErrors(schema, field);
}

function byText(left: FieldError, right: FieldError): number {
  const [first, second] = [left, right].map(({ field, detail }) => `${field}: ${detail}`) as [string, string];
  return first < second ? -1 : first > second ? 1 : 0;
}
