import { CelError, CelOpaque } from './cel-value';
import { declare, type Overload } from './overload';

/** A semantic version (semver.org, 2.0.0). */
interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly pre: readonly string[];
}

const NUMBER = '(0|[1-9]\\d*)';
const STRICT = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);

/** Reads a version; `normalize` also takes a leading `v`, missing parts and leading zeros. */
export function parseSemver(text: string, normalize: boolean): Version | undefined {
  const [, major, minor, patch, pre] = STRICT.exec(normalize ? normalized(text) : text) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  const parts = pre?.split('.') ?? [];
  if (parts.some((part) => /^0\d+$/.test(part))) return undefined;
  return { numbers: [BigInt(major), BigInt(minor), BigInt(patch)], pre: parts };
}

function normalized(text: string): string {
  const [, core = '', tail = ''] = /^v?([0-9.]*)(.*)$/s.exec(text.trim()) ?? [];
  const numbers = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  if (numbers.length > 3 || (numbers.length < 3 && tail !== '')) return text;
  while (numbers.length < 3) numbers.push('0');
  return numbers.join('.') + tail;
}

function compare(left: Version, right: Version): number {
  for (const [index, number] of left.numbers.entries()) {
    const other = right.numbers[index] ?? 0n;
    if (number !== other) return number < other ? -1 : 1;
  }
  if (left.pre.length === 0 || right.pre.length === 0) return right.pre.length - left.pre.length;
  for (let index = 0; index < Math.max(left.pre.length, right.pre.length); index += 1) {
    const order = comparePart(left.pre[index], right.pre[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(left: string | undefined, right: string | undefined): number {
  if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? -1 : 1;
  const [leftNumber, rightNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (leftNumber && rightNumber) return Number(BigInt(left) - BigInt(right));
  if (leftNumber !== rightNumber) return leftNumber ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

type VersionValue = CelOpaque<Version>;

function version(text: string, normalize = false): VersionValue {
  const parsed = parseSemver(text, normalize);
  if (parsed === undefined)
    throw new CelError(
      `semver parse error during conversion from string: ${JSON.stringify(text)} is no semantic version`,
    );
  const identity = `${parsed.numbers.join('.')}-${parsed.pre.join('.')}`;
  return new CelOpaque('kubernetes.Semver', parsed, text, identity);
}

const order = (left: VersionValue, right: VersionValue): number => Math.sign(compare(left.content, right.content));

/** Kubernetes' semantic versions. */
export const semverFunctions: readonly Overload[] = [
  declare('semver(string): Semver', (text: string) => version(text)),
  declare('semver(string, bool): Semver', version),
  declare('isSemver(string): bool', (text: string) => parseSemver(text, false) !== undefined),
  declare(
    'isSemver(string, bool): bool',
    (text: string, normalize: boolean) => parseSemver(text, normalize) !== undefined,
  ),
  declare('Semver.major(): int', ({ content }: VersionValue) => content.numbers[0]),
  declare('Semver.minor(): int', ({ content }: VersionValue) => content.numbers[1]),
  declare('Semver.patch(): int', ({ content }: VersionValue) => content.numbers[2]),
  declare('Semver.isLessThan(Semver): bool', (left: VersionValue, right: VersionValue) => order(left, right) < 0),
  declare('Semver.isGreaterThan(Semver): bool', (left: VersionValue, right: VersionValue) => order(left, right) > 0),
  declare('Semver.compareTo(Semver): int', (left: VersionValue, right: VersionValue) => BigInt(order(left, right))),
];
