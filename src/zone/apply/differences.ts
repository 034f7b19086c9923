import { canonicalJson } from '../../kernel';
import type { KubeObject } from '../../kube/schema';

/** One field that is not as it was applied. */
export interface Difference {
  /** As kubectl prints it: `spec.ports[0].number`. */
  readonly path: string;
  readonly wanted: string;
  readonly found: string;
}

const ABSENT = 'absent';
const HIDDEN = 'hidden';

/** What identifies an object or is written by others; never part of a difference. */
const NOT_OURS = new Set(['apiVersion', 'kind', 'status']);

/**
 * The fields of a manifest that the live object does not carry with the same value. Fields that only the live object has
 * (defaults, allocations, other managers) do not count, as in server-side apply (KEP-555). Values of Secrets are hidden.
 */
export function differences(manifest: KubeObject, live: KubeObject): readonly Difference[] {
  const found: Difference[] = [];
  for (const [field, wanted] of Object.entries(manifest)) {
    if (NOT_OURS.has(field)) continue;
    if (field === 'metadata') compareMetadata(manifest, live, found);
    else compare(field, wanted, live[field], found);
  }
  return manifest.kind === 'Secret' ? found.map(({ path }) => ({ path, wanted: HIDDEN, found: HIDDEN })) : found;
}

function compareMetadata(manifest: KubeObject, live: KubeObject, found: Difference[]): void {
  compare('metadata.labels', manifest.metadata.labels, live.metadata.labels, found);
  compare('metadata.annotations', manifest.metadata.annotations, live.metadata.annotations, found);
}

function compare(path: string, wanted: unknown, actual: unknown, found: Difference[]): void {
  if (wanted === undefined || wanted === actual) return;
  if (Array.isArray(wanted) && Array.isArray(actual)) return compareLists(path, wanted, actual, found);
  if (isRecord(wanted) && (isRecord(actual) || Object.keys(wanted).length === 0)) {
    return compareRecords(path, wanted, isRecord(actual) ? actual : {}, found);
  }
  if (Array.isArray(wanted) && wanted.length === 0 && actual === undefined) return;
  found.push({ path, wanted: textOf(wanted), found: textOf(actual) });
}

function compareRecords(
  path: string,
  wanted: Record<string, unknown>,
  actual: Record<string, unknown>,
  found: Difference[],
): void {
  for (const [key, value] of Object.entries(wanted)) compare(`${path}${segment(key)}`, value, actual[key], found);
}

/** Lists of named items are matched by name, as their order may change; others by place. */
function compareLists(path: string, wanted: unknown[], actual: unknown[], found: Difference[]): void {
  if (wanted.length !== actual.length) {
    found.push({ path, wanted: textOf(wanted), found: textOf(actual) });
    return;
  }
  const byName = namedItems(actual);
  const named = namedItems(wanted) !== undefined && byName !== undefined;
  wanted.forEach((item, index) => {
    const partner = named && isRecord(item) ? byName.get(String(item.name)) : actual[index];
    compare(`${path}[${index}]`, item, partner, found);
  });
}

function namedItems(list: readonly unknown[]): Map<string, unknown> | undefined {
  const items = list.filter((item): item is { name: string } => isRecord(item) && typeof item.name === 'string');
  const byName = new Map<string, unknown>(items.map((item) => [item.name, item]));
  return byName.size === list.length ? byName : undefined;
}

function segment(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? `.${key}` : `["${key}"]`;
}

function textOf(value: unknown): string {
  if (value === undefined) return ABSENT;
  return typeof value === 'string' ? value : canonicalJson(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
