import type { KubeObject } from '../../schema';
import { timeSince } from './human-duration';
import { readText } from './read-field';

/** One column of a kind's table and what it shows of an object. Priority 1 is shown only by `-o wide`. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly priority?: number;
  readonly description?: string;
  cell(object: KubeObject, nowMs: number): unknown;
}

/** What a cell shows. */
export type Cell = (object: KubeObject, nowMs: number) => unknown;

/** A column that is always shown. */
export function column(name: string, cell: Cell, type = 'string'): Column {
  return { name, type, cell };
}

/** A column that only `-o wide` shows. */
export function wideColumn(name: string, cell: Cell, type = 'string'): Column {
  return { name, type, priority: 1, cell };
}

/** The object's name, by which kubectl finds it again. */
export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  cell: ({ metadata }) => metadata.name,
};

/** How long the object has existed. */
export const ageColumn: Column = column('Age', ({ metadata }, nowMs) => timeSince(metadata.creationTimestamp, nowMs));

/** When the object was created, for kinds without columns of their own. */
export const createdAtColumn: Column = column(
  'Created At',
  ({ metadata }) => metadata.creationTimestamp ?? null,
  'date',
);

/** A column with the text at a path. */
export function textColumn(name: string, ...path: readonly string[]): Column {
  return column(name, (object) => readText(object, ...path));
}
