import {
  asPrefix,
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelValueProblems,
  type NameCheck,
  qualifiedNameProblems,
} from '../names';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  quantityOf,
  quantityToInteger,
  quantityToNumber,
  subtractQuantities,
} from '../quantity';
import { formatCheck } from '../string-format';
import { CelError, CelOpaque, CelOptional } from './cel-value';
import { declare, type Overload } from './overload';
import { semverFunctions } from './semver-functions';

type QuantityValue = CelOpaque<Quantity>;

function quantityValue(quantity: Quantity): QuantityValue {
  const { value, scale } = quantity.amount;
  return new CelOpaque('kubernetes.Quantity', quantity, formatQuantity(quantity), `${value}e-${scale}`);
}

function quantity(text: string): QuantityValue {
  const parsed = parseQuantity(text);
  if (parsed !== undefined) return quantityValue(parsed);
  throw new CelError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
}

function integer({ content }: QuantityValue): bigint {
  const value = quantityToInteger(content);
  if (value === undefined) throw new CelError('cannot convert value to integer');
  return value;
}

const sign = ({ content }: QuantityValue): bigint => BigInt(compareQuantities(content, quantityOf(0n)));
const compare = (left: QuantityValue, right: QuantityValue): number => compareQuantities(left.content, right.content);

const quantityFunctions = [
  declare('quantity(string): Quantity', quantity),
  declare('isQuantity(string): bool', (text: string) => parseQuantity(text) !== undefined),
  declare('sign(Quantity): int', sign),
  declare(
    'Quantity.isGreaterThan(Quantity): bool',
    (left: QuantityValue, right: QuantityValue) => compare(left, right) > 0,
  ),
  declare(
    'Quantity.isLessThan(Quantity): bool',
    (left: QuantityValue, right: QuantityValue) => compare(left, right) < 0,
  ),
  declare('Quantity.compareTo(Quantity): int', (left: QuantityValue, right: QuantityValue) =>
    BigInt(compare(left, right)),
  ),
  declare('Quantity.asApproximateFloat(): double', ({ content }: QuantityValue) => quantityToNumber(content)),
  declare('Quantity.asInteger(): int', integer),
  declare('Quantity.isInteger(): bool', ({ content }: QuantityValue) => quantityToInteger(content) !== undefined),
  declare('Quantity.add(Quantity): Quantity', (left: QuantityValue, right: QuantityValue) =>
    quantityValue(addQuantities(left.content, right.content)),
  ),
  declare('Quantity.add(int): Quantity', (left: QuantityValue, right: bigint) =>
    quantityValue(addQuantities(left.content, quantityOf(right))),
  ),
  declare('Quantity.sub(Quantity): Quantity', (left: QuantityValue, right: QuantityValue) =>
    quantityValue(subtractQuantities(left.content, right.content)),
  ),
  declare('Quantity.sub(int): Quantity', (left: QuantityValue, right: bigint) =>
    quantityValue(subtractQuantities(left.content, quantityOf(right))),
  ),
];

const known = (format: string, problem: string): NameCheck => {
  const check = formatCheck(format);
  return (text) => (check?.(text) === false ? [problem] : []);
};

const formats: Readonly<Record<string, NameCheck>> = {
  dns1123Label: dnsLabelProblems,
  dns1123Subdomain: dnsSubdomainProblems,
  dns1035Label: dns1035LabelProblems,
  qualifiedName: qualifiedNameProblems,
  dns1123LabelPrefix: asPrefix(dnsLabelProblems),
  dns1123SubdomainPrefix: asPrefix(dnsSubdomainProblems),
  dns1035LabelPrefix: asPrefix(dns1035LabelProblems),
  labelValue: labelValueProblems,
  uri: (text) =>
    formatCheck('uri')?.(text) === false ? [`parse ${JSON.stringify(text)}: invalid URI for request`] : [],
  uuid: known('uuid', 'does not match the UUID format'),
  byte: known('byte', 'invalid base64'),
  date: known('date', 'invalid date'),
  datetime: known('datetime', 'invalid datetime'),
};

function formatValue(name: string): CelOpaque<NameCheck> {
  return new CelOpaque('kubernetes.NamedFormat', formats[name] ?? (() => []), name);
}

const formatFunctions = [
  ...Object.keys(formats).map((name) => declare(`format.${name}(): NamedFormat`, () => formatValue(name))),
  declare('format.named(string): optional<NamedFormat>', (name: string) =>
    Object.hasOwn(formats, name) ? CelOptional.of(formatValue(name)) : CelOptional.none,
  ),
  declare('NamedFormat.validate(string): optional<list<string>>', ({ content }: CelOpaque<NameCheck>, text: string) => {
    const problems = content(text);
    return problems.length === 0 ? CelOptional.none : CelOptional.of(problems);
  }),
];

/** Kubernetes' quantity, format and semver libraries. */
export const kubernetesFunctions: readonly Overload[] = [...quantityFunctions, ...formatFunctions, ...semverFunctions];
