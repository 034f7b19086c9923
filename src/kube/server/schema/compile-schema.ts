import type { KubeObject, StructuralSchema } from '../../schema';
import { applyDefaults } from './apply-defaults';
import { type FieldError, invalid } from './field-error';
import { pruneObject } from './prune';
import { compileRules } from './cel/rule-tree';
import { validateRules } from './cel/validate-rules';
import { validateEmbedded } from './validate-embedded';
import { validateListTypes } from './validate-list-type';
import { validateValue } from './validate-value';

/** A schema made ready to check objects. */
export interface CompiledSchema {
  /** The object without fields that the schema does not name. */
  prune(object: KubeObject): KubeObject;
  /** The object with missing fields set to their defaults. */
  applyDefaults(object: KubeObject): KubeObject;
  /** Everything that is wrong with an object. `oldObject` is given on update: transition rules compare with it. */
  validate(object: KubeObject, oldObject?: KubeObject): FieldError[];
  /** Paths of fields that the schema does not name, for `fieldValidation=Warn|Strict`. */
  findUnknownFields(object: KubeObject): string[];
}

/** Compiles the schema of a whole object. */
export function compileSchema(schema: StructuralSchema): CompiledSchema {
  const rules = compileRules(schema);
  return {
    prune: (object) => pruneObject(object, schema, []) as KubeObject,
    applyDefaults: (object) => applyDefaults(object, schema) as KubeObject,
    validate(object, oldObject) {
      const errors = [
        ...validateValue(object, schema, '', oldObject).errors,
        ...listErrors(object, oldObject, schema),
        ...validateEmbedded(object, schema, ''),
      ];
      if (rules === undefined) return errors;
      const blocked = errors.some(({ reason }) => BLOCKING.has(reason));
      return blocked ? [...errors, notChecked] : [...errors, ...validateRules(rules, object, oldObject)];
    },
    findUnknownFields(object) {
      const unknown: string[] = [];
      pruneObject(object, schema, unknown);
      return unknown;
    },
  };
}

/** Findings after which rules would only add confusion. */
const BLOCKING: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const notChecked = invalid(
  '<nil>',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

/** Lists that broke their type before an update may go on doing so. */
function listErrors(object: KubeObject, oldObject: KubeObject | undefined, schema: StructuralSchema): FieldError[] {
  const tolerated = oldObject !== undefined && validateListTypes(oldObject, schema, '').length > 0;
  return tolerated ? [] : validateListTypes(object, schema, '');
}
