export {
  apiVersionOfKind,
  defineKind,
  type KindDefinition,
  type ObjectOf,
  type PrinterColumn,
  toCustomResourceDefinition,
} from './define-kind';
export {
  type Condition,
  type KubeObject,
  namespacedName,
  objectKey,
  type ObjectMeta,
  type OwnerReference,
} from './kube-object';
export { type LabelSelector, selects } from './label-selector';
export { parseObject, type ParsedObject, type SchemaIssue } from './parse-object';
export {
  apiVersionOf,
  collectionPath,
  coreKinds,
  objectPath,
  parseApiVersion,
  type ResourceKind,
} from './resource-kind';
export type { CelRule, StructuralSchema } from './structural-schema';
