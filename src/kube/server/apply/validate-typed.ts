import { identify, isMap } from './list-item';
import { describeElement, fieldElement } from './path-element';
import { handlerOf, type ListShape, type MapShape, narrow, type Shape } from './shape';

/**
 * Why a value cannot be applied under its shape: undeclared fields, values of another type, list items without
 * identity, duplicates. Each problem is `path: reason`, with `.spec.ports[0]`-like paths.
 */
export function typedProblems(value: unknown, shape: Shape): string[] {
  return visit(value, shape, '');
}

function visit(value: unknown, shape: Shape, path: string): string[] {
  const handler = handlerOf(narrow(shape, value));
  if (handler === 'scalar') return scalarProblems(value, shape.scalar ?? 'any', path);
  if (value === null) return [];
  return 'map' in handler ? mapProblems(value, handler.map, path) : listProblems(value, handler.list, path);
}

function scalarProblems(value: unknown, expected: NonNullable<Shape['scalar']>, path: string): string[] {
  if (value === null) return [];
  switch (expected) {
    case 'numeric':
      return typeof value === 'number' ? [] : [at(path, `expected numeric (int or float), got ${goType(value)}`)];
    case 'string':
      if (typeof value === 'string') return [];
      return [at(path, `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`)];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [at(path, `expected boolean, got &{${goPlain(value)}}`)];
    case 'any':
      return typeof value === 'object' ? [at(path, `expected any scalar, got &{${goPlain(value)}}`)] : [];
  }
}

function mapProblems(value: unknown, map: MapShape, path: string): string[] {
  if (!isMap(value)) return [at(path, `expected map, got &{${goPlain(value)}}`)];
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return entries.flatMap(([name, child]) => {
    const childPath = path + describeElement(fieldElement(name));
    const shape = map.fields.get(name) ?? map.element;
    return shape === undefined ? [at(childPath, 'field not declared in schema')] : visit(child, shape(), childPath);
  });
}

function listProblems(value: unknown, list: ListShape, path: string): string[] {
  if (!Array.isArray(value)) return [at(path, `expected list, got &{${goPlain(value)}}`)];
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [index, item] of (value as readonly unknown[]).entries()) {
    const identity = list.type === 'atomic' ? { element: `i:${index}` } : identify(list, item);
    if ('problem' in identity) return [...problems, at(path, `element ${index}: ${identity.problem}`)];
    const step = describeElement(identity.element);
    if (seen.has(identity.element)) problems.push(at(path, `duplicate entries for key ${step}`));
    seen.add(identity.element);
    problems.push(...visit(item, list.element(), path + step));
  }
  return problems;
}

function at(path: string, message: string): string {
  return path === '' ? message : `${path}: ${message}`;
}

/** A value as Go's `%v` prints it; existing clients match on these texts. */
function goPlain(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goPlain).join(' ')}]`;
  if (!isMap(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const entries = Object.keys(value).sort();
  return `map[${entries.map((name) => `${name}:${goPlain(value[name])}`).join(' ')}]`;
}

/** A value as Go's `%#v` prints it. */
function goSyntax(value: unknown): string {
  if (value === null) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isMap(value)) return JSON.stringify(value);
  const entries = Object.keys(value).sort();
  const fields = entries.map((name) => `${JSON.stringify(name)}:${goSyntax(value[name])}`);
  return `map[string]interface {}{${fields.join(', ')}}`;
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  return typeof value === 'object' ? 'map[string]interface {}' : typeof value === 'boolean' ? 'bool' : 'string';
}
