import { jsonEqual } from '../../kernel';
import type { KubeObject } from '../schema';

type Fields = Record<string, unknown>;

/** Server-side apply in small: maps are merged, everything else is one field with one or more owners. */
export class ScriptedApply {
  /** Object key → field path → managers. */
  private readonly owners = new Map<string, Map<string, Set<string>>>();

  /** The object after the apply, or the conflicts that prevent it. */
  apply(
    key: string,
    live: KubeObject | undefined,
    applied: KubeObject,
    { manager, force, dryRun }: { manager: string; force: boolean; dryRun: boolean },
  ): { readonly object: KubeObject } | { readonly conflicts: readonly { field: string; manager: string }[] } {
    const owners = new Map([...(this.owners.get(key) ?? [])].map(([path, set]) => [path, new Set(set)]));
    const wanted = leaves(applied);
    const found = leaves(live ?? bare(applied));
    const conflicts = [...wanted].flatMap(([path, value]) => {
      const others = [...(owners.get(path) ?? [])].filter((other) => other !== manager);
      const isSame = found.has(path) && jsonEqual(found.get(path), value);
      return isSame ? [] : others.map((other) => ({ field: path.replaceAll(SEPARATOR, '.'), manager: other }));
    });
    if (conflicts.length > 0 && !force) return { conflicts };
    const result: Fields = structuredClone<Fields>({ ...(live ?? bare(applied)) });
    for (const [path, set] of owners) {
      if (!set.delete(manager) || wanted.has(path)) continue;
      if (set.size === 0) remove(result, path.split(SEPARATOR).slice(1));
    }
    for (const [path, value] of wanted) {
      const changed = !jsonEqual(found.get(path), value);
      owners.set(path, new Set(changed ? [manager] : [...(owners.get(path) ?? []), manager]));
      assign(result, path.split(SEPARATOR).slice(1), value);
    }
    if (!dryRun) this.owners.set(key, owners);
    return { object: result as KubeObject };
  }

  /** Another client wrote the field (`.spec.replicas`) by other means and owns it now. */
  takeOver(key: string, field: string, manager: string): void {
    const path = field.replaceAll('.', SEPARATOR);
    const owners = this.owners.get(key) ?? new Map<string, Set<string>>();
    this.owners.set(key, owners.set(path, new Set([manager])));
  }

  forget(key: string): void {
    this.owners.delete(key);
  }
}

/** Label keys hold dots. */
const SEPARATOR = '\0';
const UNOWNED = new Set(
  ['.apiVersion', '.kind', '.metadata.name', '.metadata.namespace'].map((path) => path.replaceAll('.', SEPARATOR)),
);

function bare({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): KubeObject {
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined ? { namespace } : {}) } };
}

function leaves(object: KubeObject): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const walk = (path: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, child] of Object.entries(value)) walk(path + SEPARATOR + key, child);
    } else if (!UNOWNED.has(path)) found.set(path, value);
  };
  walk('', object);
  return found;
}

function assign(target: Fields, path: readonly string[], value: unknown): void {
  const [head = '', ...rest] = path;
  if (rest.length === 0) target[head] = value;
  else assign((target[head] ??= {}) as Fields, rest, value);
}

function remove(target: Fields, path: readonly string[]): void {
  const [head = '', ...rest] = path;
  if (rest.length === 0) delete target[head];
  else if (target[head] !== undefined) remove(target[head] as Fields, rest);
}
