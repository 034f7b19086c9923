import { compilePattern, type LinearPattern } from '../pattern';
import type { Budget } from './budget';
import { CelError, type CelUint } from './cel-value';
import { formatDouble } from './number-functions';
import { declare, declareCounted, type Overload } from './overload';
import { formatText } from './format-text';

/** Texts count in code points, as in Go. */
function points(text: string): string[] {
  return [...text];
}

function expression(pattern: string, message: string): LinearPattern {
  const compiled = compilePattern(pattern);
  if (compiled instanceof Error) throw new CelError(`${message}${compiled.message}`);
  return compiled;
}

function findAll(budget: Budget, text: string, pattern: string, limit = -1n): string[] {
  return expression(pattern, 'Illegal regex: ').findAll(text, limit < 0n ? Infinity : Number(limit), stepsOf(budget));
}

/** A step of a pattern is a small part of a unit of cost. */
function stepsOf(budget: Budget): (steps: number) => void {
  return (steps) => budget.spend(steps / 10);
}

function checkedIndex(index: bigint, length: number): number {
  if (index < 0n || index > BigInt(length)) throw new CelError(`index out of range: ${index}`);
  return Number(index);
}

function indexOf(text: string, part: string, from: bigint): bigint {
  const [all, wanted] = [points(text), points(part)];
  if (part === '') return from;
  const start = checkedIndex(from, all.length);
  for (let index = start; index + wanted.length <= all.length; index += 1) {
    if (wanted.every((character, offset) => all[index + offset] === character)) return BigInt(index);
  }
  return -1n;
}

function lastIndexOf(text: string, part: string, from: bigint | undefined): bigint {
  const [all, wanted] = [points(text), points(part)];
  if (part === '') return from ?? BigInt(all.length);
  const last = from === undefined ? all.length - wanted.length : checkedIndex(from, all.length);
  for (let index = Math.min(last, all.length - wanted.length); index >= 0; index -= 1) {
    if (wanted.every((character, offset) => all[index + offset] === character)) return BigInt(index);
  }
  return -1n;
}

function charAt(text: string, index: bigint): string {
  const all = points(text);
  return all[checkedIndex(index, all.length)] ?? '';
}

function substring(text: string, from: bigint, to?: bigint): string {
  const all = points(text);
  const [start, end] = [checkedIndex(from, all.length), to === undefined ? all.length : checkedIndex(to, all.length)];
  if (start > end) throw new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  return all.slice(start, end).join('');
}

function split(text: string, separator: string, limit = -1n): string[] {
  if (limit === 0n) return [];
  const parts = separator === '' ? points(text) : text.split(separator);
  if (limit < 0n || BigInt(parts.length) <= limit) return parts;
  const head = parts.slice(0, Number(limit) - 1);
  return [...head, parts.slice(Number(limit) - 1).join(separator)];
}

/** The result's length is charged before it is built: a replacement may be much longer than what it replaces. */
function replace(budget: Budget, text: string, from: string, to: string, limit = -1n): string {
  const places = from === '' ? points(text).length + 1 : text.split(from).length - 1;
  const count = limit < 0n ? places : Math.min(places, Number(limit));
  budget.spendText(text.length + count * to.length);
  return replaceFirst(text, from, to, count);
}

function replaceFirst(text: string, from: string, to: string, count: number): string {
  if (count === 0) return text;
  const parts = from === '' ? ['', ...points(text), ''] : text.split(from);
  return parts.reduce((built, part, index) => built + (index <= count ? to : from) + part);
}

function join(budget: Budget, list: readonly unknown[], separator = ''): string {
  if (!list.every((item) => typeof item === 'string')) throw new CelError('no such overload');
  budget.spendText(list.reduce((sum, item) => sum + item.length + separator.length, 0));
  return list.join(separator);
}

function concatenate(budget: Budget, left: string, right: string): string {
  budget.spendText(left.length + right.length);
  return left + right;
}

const matches = (budget: Budget, text: string, pattern: string): boolean =>
  expression(pattern, '').test(text, stepsOf(budget));

function format(budget: Budget, template: string, values: readonly unknown[]): string {
  const text = formatText(template, values);
  budget.spendText(text.length);
  return text;
}

const ascii = (text: string, range: RegExp, shift: number): string =>
  text.replace(range, (character) => String.fromCharCode(character.charCodeAt(0) + shift));

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
}

const bytes = [
  declareCounted('_+_(bytes, bytes): bytes', (budget, left: Uint8Array, right: Uint8Array) => {
    budget.spendText(left.length + right.length);
    return Uint8Array.from([...left, ...right]);
  }),
  declare('bytes(bytes): bytes', (value: Uint8Array) => value),
  declare('bytes(string): bytes', (text: string) => new TextEncoder().encode(text)),
  declare('size(bytes): int', (value: Uint8Array) => BigInt(value.length)),
  declare('bytes.size(): int', (value: Uint8Array) => BigInt(value.length)),
];

const conversions = [
  declare('string(string): string', (text: string) => text),
  declare('string(bool): string', String),
  declare('string(int): string', String),
  declare('string(uint): string', (value: CelUint) => String(value.value)),
  declare('string(double): string', formatDouble),
  declare('string(bytes): string', decodeText),
];

/** CEL's text functions, the strings extension and Kubernetes' regular expressions. */
export const stringFunctions: readonly Overload[] = [
  declareCounted('_+_(string, string): string', concatenate),
  declare('size(string): int', (text: string) => BigInt(points(text).length)),
  declare('string.size(): int', (text: string) => BigInt(points(text).length)),
  declare('string.startsWith(string): bool', (text: string, part: string) => text.startsWith(part)),
  declare('string.endsWith(string): bool', (text: string, part: string) => text.endsWith(part)),
  declare('string.contains(string): bool', (text: string, part: string) => text.includes(part)),
  declareCounted('string.matches(string): bool', matches),
  declareCounted('matches(string, string): bool', matches),
  declareCounted(
    'string.find(string): string',
    (budget: Budget, text: string, pattern: string) => findAll(budget, text, pattern, 1n)[0] ?? '',
  ),
  declareCounted('string.findAll(string): list<string>', findAll),
  declareCounted('string.findAll(string, int): list<string>', findAll),
  declare('string.charAt(int): string', charAt),
  declare('string.indexOf(string): int', (text: string, part: string) => indexOf(text, part, 0n)),
  declare('string.indexOf(string, int): int', indexOf),
  declare('string.lastIndexOf(string): int', (text: string, part: string) => lastIndexOf(text, part, undefined)),
  declare('string.lastIndexOf(string, int): int', lastIndexOf),
  declare('string.lowerAscii(): string', (text: string) => ascii(text, /[A-Z]/g, 32)),
  declare('string.upperAscii(): string', (text: string) => ascii(text, /[a-z]/g, -32)),
  declareCounted('string.replace(string, string): string', replace),
  declareCounted('string.replace(string, string, int): string', replace),
  declare('string.split(string): list<string>', (text: string, separator: string) => split(text, separator)),
  declare('string.split(string, int): list<string>', split),
  declare('string.substring(int): string', (text: string, from: bigint) => substring(text, from)),
  declare('string.substring(int, int): string', substring),
  declare('string.trim(): string', (text: string) => text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '')),
  declareCounted('list<string>.join(): string', join),
  declareCounted('list<string>.join(string): string', join),
  declareCounted('string.format(list<dyn>): string', format),
  declare('strings.quote(string): string', (text: string) => JSON.stringify(text)),
  ...conversions,
  ...bytes,
];
