import { canonicalJson } from '../../kernel';
import type { KubeObject } from '../schema';

/** One field that is not as wanted. Values are JSON, `absent` where there is none. */
export interface FieldDifference {
  /** As kubectl writes it: `spec.ports[0].port`. */
  readonly path: string;
  readonly wanted: string;
  readonly found: string;
}

/** Server-side bookkeeping: differs without anybody having changed anything. */
const BOOKKEEPING = ['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink'];

/** The fields in which two objects differ, sorted by path; bookkeeping in metadata and all of `status` aside. */
export function diffFields(wanted: KubeObject, found: KubeObject): readonly FieldDifference[] {
  const differences: FieldDifference[] = [];
  collect('', comparable(wanted), comparable(found), differences);
  return differences.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function comparable({ status: _status, metadata, ...rest }: KubeObject): unknown {
  const kept = Object.entries(metadata).filter(([field]) => !BOOKKEEPING.includes(field));
  return { ...rest, metadata: Object.fromEntries(kept) };
}

function collect(path: string, wanted: unknown, found: unknown, into: FieldDifference[]): void {
  if (isRecord(wanted) && isRecord(found)) {
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
      collect(fieldPath(path, key), wanted[key], found[key], into);
    }
  } else if (Array.isArray(wanted) && Array.isArray(found)) {
    const length = Math.max(wanted.length, found.length);
    for (let index = 0; index < length; index += 1) collect(`${path}[${index}]`, wanted[index], found[index], into);
  } else if (canonicalText(wanted) !== canonicalText(found)) {
    into.push({ path, wanted: canonicalText(wanted), found: canonicalText(found) });
  }
}

function fieldPath(path: string, key: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

function canonicalText(value: unknown): string {
  return value === undefined ? 'absent' : canonicalJson(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
