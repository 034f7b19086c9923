import type { KubeObject } from '../../schema';

/** Reads a dotted path, `spec.replicas` or `.spec.replicas`; undefined when a step is missing. */
export function readPath(object: KubeObject, path: string): unknown {
  let value: unknown = object;
  for (const step of stepsOf(path)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** A copy of the object with the value at a dotted path; missing maps on the way are made. */
export function writePath(object: KubeObject, path: string, value: unknown): KubeObject {
  return write(object, stepsOf(path), value) as KubeObject;
}

function write(target: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  const map = (typeof target === 'object' && target !== null ? target : {}) as Record<string, unknown>;
  return { ...map, [step]: write(map[step], rest, value) };
}

function stepsOf(path: string): readonly string[] {
  return path.replace(/^\./, '').split('.');
}
