export { builtInSchemas, emptyBuiltIn } from './built-in/built-in-schemas';
export { decodingProblem } from './built-in/decoding-problem';
export { compileBuiltIn } from './built-in/compile-built-in';
export { checkSchema } from './definition/check-schema';
export { compileCondition, type Condition } from './cel/condition';
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
  tooMany,
} from './field-error';
export {
  annotationKeyErrors,
  labelErrors,
  type MetadataRules,
  validateMetadata,
  validateMetadataUpdate,
} from './validate-metadata';
export {
  dnsLabelProblems,
  dnsSubdomainProblems,
  type NameCheck,
  pathSegmentProblems,
  qualifiedNameProblems,
} from './names';
export { compareQuantities, parseQuantity } from './quantity';
