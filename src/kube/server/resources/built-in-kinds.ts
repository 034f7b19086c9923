import { apiVersionOf } from '../../schema';
import { builtInSchemas, compileBuiltIn, type CompiledSchema, compileSchema } from '../schema';
import type { StructuralSchema } from '../../schema';
import { strategies } from './built-in-strategies';
import { type BuiltInRow, builtInTable } from './built-in-table';
import type { ServedKind } from './served-kind';

const ANYTHING: StructuralSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** Every built-in kind, ready to be served. Schemas are compiled when first used. */
export function builtInKinds(): readonly ServedKind[] {
  return builtInTable.map(toServedKind);
}

function toServedKind(row: BuiltInRow): ServedKind {
  const { status, scale, generation, ...rest } = row;
  const apiVersion = apiVersionOf(row);
  const structural = builtInSchemas[`${apiVersion}/${row.kind}`] ?? ANYTHING;
  let compiled: CompiledSchema | undefined;
  return {
    ...rest,
    resource: row.group === '' ? row.plural : `${row.plural}.${row.group}`,
    listKind: `${row.kind}List`,
    storageApiVersion: apiVersion,
    subresources: scale === undefined ? { status } : { status, scale },
    columns: [],
    structural,
    get schema() {
      return (compiled ??= compileBuiltIn(`${apiVersion}/${row.kind}`) ?? compileSchema(structural));
    },
    strategy: { ...strategies[`${apiVersion}/${row.kind}`], generation },
    custom: false,
  };
}
