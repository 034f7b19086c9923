import { canonicalJson } from '../../../kernel';

/** One place where two lists of resources differ; a side that lacks it is undefined. */
export interface Difference {
  /** For example `cds/outbound|80||cart/connectTimeout`; list entries are named by what identifies them. */
  readonly path: string;
  readonly recorded: unknown;
  readonly ours: unknown;
}

type Json = Readonly<Record<string, unknown>>;

/** Lists whose order means nothing to a proxy, and how their entries are told apart. */
const UNORDERED: Readonly<Record<string, (entry: unknown) => string>> = {
  virtualHosts: fieldOf('name'),
  domains: String,
  serverNames: String,
  applicationProtocols: String,
  matchSubjectAltNames: canonicalJson,
  prefixRanges: canonicalJson,
  sourcePrefixRanges: canonicalJson,
  endpoints: (entry) => {
    const { locality, priority } = entry as { locality?: unknown; priority?: number };
    return `${canonicalJson(locality ?? {})}${priority === undefined ? '' : ` priority ${priority}`}`;
  },
  lbEndpoints: (entry) => canonicalJson((entry as { endpoint?: unknown }).endpoint),
  filterChains: (entry) => {
    const { name, filterChainMatch } = entry as { name?: string; filterChainMatch?: unknown };
    return `${name ?? ''}${canonicalJson(filterChainMatch ?? {})}`;
  },
  services: canonicalJson,
  requestHeadersToRemove: String,
  responseHeadersToRemove: String,
};

/** Every difference between two answers by xDS type, each a list of resources as proto3 JSON. */
export function compareAnswers(
  recorded: Readonly<Record<string, readonly Json[]>>,
  ours: Readonly<Record<string, readonly object[]>>,
): readonly Difference[] {
  return Object.keys(recorded).flatMap((type) =>
    compareKeyed(keyed(recorded[type] ?? [], nameOf), keyed(ours[type] ?? [], nameOf), type),
  );
}

function nameOf(resource: unknown): string {
  const { name, clusterName } = resource as { name?: string; clusterName?: string };
  return name ?? clusterName ?? '';
}

function fieldOf(field: string): (entry: unknown) => string {
  return (entry) => String((entry as Json)[field]);
}

function keyed(list: readonly unknown[], keyOf: (entry: unknown) => string): Map<string, unknown> {
  const entries = new Map<string, unknown>();
  for (const entry of list) {
    let key = keyOf(entry);
    for (let again = 2; entries.has(key); again += 1) key = `${keyOf(entry)} #${again}`;
    entries.set(key, entry);
  }
  return entries;
}

function compareKeyed(recorded: Map<string, unknown>, ours: Map<string, unknown>, path: string): readonly Difference[] {
  const keys = new Set([...recorded.keys(), ...ours.keys()]);
  return [...keys].flatMap((key) => compare(recorded.get(key), ours.get(key), `${path}/${key}`, key));
}

/** An empty list is the same as none; an empty message is not. */
function absent(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

function compare(recorded: unknown, ours: unknown, path: string, field: string): readonly Difference[] {
  if (absent(recorded) && absent(ours)) return [];
  if (Array.isArray(recorded) && Array.isArray(ours)) return compareLists(recorded, ours, path, field);
  if (isMessage(recorded) && isMessage(ours)) {
    return compareKeyed(new Map(Object.entries(recorded)), new Map(Object.entries(ours)), path);
  }
  return recorded === ours ? [] : [{ path, recorded, ours }];
}

function compareLists(
  recorded: readonly unknown[],
  ours: readonly unknown[],
  path: string,
  field: string,
): readonly Difference[] {
  const byPlace = (list: readonly unknown[]): Map<string, unknown> =>
    new Map(list.map((entry, index) => [String(index), entry]));
  const keyOf = UNORDERED[field];
  return keyOf
    ? compareKeyed(keyed(recorded, keyOf), keyed(ours, keyOf), path)
    : compareKeyed(byPlace(recorded), byPlace(ours), path);
}

function isMessage(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
