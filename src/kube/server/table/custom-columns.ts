import type { PrinterColumn } from '../../schema';
import { ageColumn, type Column, nameColumn } from './column';
import { timeSince } from './human-duration';
import { compileJsonPath } from './json-path';

/** Columns of a custom kind: its name, then what its definition prints; its age when the definition says nothing. */
export function customColumns(printed: readonly PrinterColumn[] | undefined): readonly Column[] {
  if (printed === undefined || printed.length === 0) return [nameColumn, { ...ageColumn, type: 'date' }];
  return [nameColumn, ...printed.map(customColumn)];
}

function customColumn(printed: PrinterColumn & { readonly format?: string }): Column {
  const { name, type, jsonPath, priority, description, format } = printed;
  const path = compileJsonPath(jsonPath);
  return {
    name,
    type,
    ...(format === undefined ? {} : { format }),
    ...(priority === undefined ? {} : { priority }),
    ...(description === undefined ? {} : { description }),
    cell(object, nowMs) {
      const [value] = path?.(object) ?? [];
      return value === undefined ? null : showValue(type, value, nowMs);
    },
  };
}

/** A value as its column's type shows it; null (an empty cell) when it is of another type. */
function showValue(type: PrinterColumn['type'], value: unknown, nowMs: number): unknown {
  switch (type) {
    case 'string':
      return showText(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? showDate(value, nowMs) : null;
  }
}

function showDate(value: string, nowMs: number): string {
  return value !== '' && Number.isNaN(Date.parse(value)) ? '<invalid>' : timeSince(value, nowMs);
}

/** Lists and maps in one line of JSON, as kubectl prints them. */
function showText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}
