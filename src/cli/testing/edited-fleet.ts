import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../kube/schema';
import { parseObjects } from '../read-objects';

/** One edit of the fleet: an object that comes, goes, or is merged with something (RFC 7386). */
export interface Edit {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly create?: KubeObject;
  readonly delete?: boolean;
  readonly merge?: Readonly<Record<string, unknown>>;
}

/** The fleet that golden cases start from. */
export function planFleet(): readonly KubeObject[] {
  const file = join(__dirname, '..', 'testdata', 'plan-fleet.yaml');
  return parseObjects(readFileSync(file, 'utf8'), file).map(({ object }) => object);
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/** Objects after some edits, one after another; each must find exactly one object. */
export function edited(objects: readonly KubeObject[], edits: readonly Edit[]): readonly KubeObject[] {
  return edits.reduce((all, edit): readonly KubeObject[] => {
    if (edit.create) return [...all, edit.create];
    const isIt = ({ kind, metadata }: KubeObject): boolean =>
      kind === edit.kind && metadata.name === edit.name && metadata.namespace === edit.namespace;
    if (all.filter(isIt).length !== 1) throw new Error(`an edit finds no ${edit.kind ?? 'object'} ${edit.name ?? ''}`);
    if (edit.delete) return all.filter((object) => !isIt(object));
    return all.map((object) => (isIt(object) ? (mergePatch(object, edit.merge) as KubeObject) : object));
  }, objects);
}
