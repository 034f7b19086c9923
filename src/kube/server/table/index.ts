export { type JsonPath } from './json-path';
export {
  type IncludeObject,
  type Table,
  type TableColumnDefinition,
  type TableMeta,
  type TableRequest,
  type TableRow,
  toTable,
} from './to-table';
