import { apiVersionOf } from '../../schema';
import { builtInSchemas, compileBuiltIn, type CompiledSchema, compileSchema } from '../schema';
import type { StructuralSchema } from '../../schema';
import { strategies } from './built-in-strategies';
import { type BuiltInRow, builtInTable } from './built-in-table';
import { toCoreGroup, toEventsGroup } from './event-conversion';
import type { ServedKind } from './served-kind';

const ANYTHING: StructuralSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** Kinds that are other names for stored objects of another group. */
const STORED_ELSEWHERE: Readonly<Record<string, Pick<ServedKind, 'resource' | 'storageApiVersion' | 'conversion'>>> = {
  'events.k8s.io/v1/Event': {
    resource: 'events',
    storageApiVersion: 'v1',
    conversion: { fromStorage: toEventsGroup, toStorage: toCoreGroup },
  },
};

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
    ...STORED_ELSEWHERE[`${apiVersion}/${row.kind}`],
  };
}
