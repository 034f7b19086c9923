import type { KubeObject, PrinterColumn, ResourceKind } from '../../schema';
import type { Column } from './column';
import { columnsOfKind } from './columns-of-kind';
import { podRowConditions } from './pod-columns';

/** How much of each object goes into its row (`includeObject` of the request). */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** What to show. */
export interface TableRequest {
  readonly kind: ResourceKind;
  /** `additionalPrinterColumns` of a custom kind; leave out for built-in kinds. */
  readonly columns?: readonly PrinterColumn[];
  readonly includeObject: IncludeObject;
}

/** metav1.ListMeta as a Table carries it. */
export interface TableMeta {
  readonly resourceVersion?: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** One header of a Table. */
export interface TableColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** 0 is always shown, more only by `-o wide`. */
  readonly priority: number;
}

/** One object of a Table. */
export interface TableRow {
  readonly cells: readonly unknown[];
  readonly conditions?: readonly unknown[];
  readonly object: unknown;
}

/** meta.k8s.io/v1 Table, what kubectl prints. */
export interface Table {
  readonly kind: 'Table';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: TableMeta;
  readonly columnDefinitions: readonly TableColumnDefinition[];
  readonly rows: readonly TableRow[];
}

/** Objects as a Table with kubectl's columns, or those of a custom kind's definition. `nowMs` is what ages count to. */
export function toTable(
  { kind, columns: printed, includeObject }: TableRequest,
  objects: readonly KubeObject[],
  nowMs: number,
  metadata: TableMeta = {},
): Table {
  const columns = columnsOfKind(kind, printed);
  const isPod = kind.group === '' && kind.kind === 'Pod';
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(define),
    rows: objects.map((object) => {
      const conditions = isPod ? podRowConditions(object) : undefined;
      return {
        cells: columns.map((column) => column.cell(object, nowMs)),
        ...(conditions === undefined ? {} : { conditions }),
        object: rowObject(object, includeObject),
      };
    }),
  };
}

function define({ name, type, format = '', priority = 0, description = '' }: Column): TableColumnDefinition {
  return { name, type, format, description, priority };
}

function rowObject(object: KubeObject, include: IncludeObject): unknown {
  switch (include) {
    case 'None':
      return null;
    case 'Object':
      return object;
    case 'Metadata':
      return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
  }
}
