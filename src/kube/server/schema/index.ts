export { builtInSchemas, emptyBuiltIn } from './built-in/built-in-schemas';
export { compileBuiltIn } from './built-in/compile-built-in';
export { checkSchema } from './definition/check-schema';
export { type CompiledSchema, compileSchema } from './compile-schema';
export {
  describeInvalid,
  duplicate,
  type FieldError,
  type FieldErrorReason,
  forbidden,
  invalid,
  type InvalidObject,
  notSupported,
  required,
  tooLong,
} from './field-error';
export { labelErrors, type MetadataRules, validateMetadata, validateMetadataUpdate } from './validate-metadata';
