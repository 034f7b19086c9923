import type { KubeObject, StructuralSchema } from '../../schema';
import { applyDefaults } from './apply-defaults';
import type { FieldError } from './field-error';
import { pruneObject } from './prune';
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
  return {
    prune: (object) => pruneObject(object, schema, []) as KubeObject,
    applyDefaults: (object) => applyDefaults(object, schema) as KubeObject,
    validate: (object) => [...validateValue(object, schema, '').errors, ...validateListTypes(object, schema, '')],
    findUnknownFields(object) {
      const unknown: string[] = [];
      pruneObject(object, schema, unknown);
      return unknown;
    },
  };
}
