import { parseCIDR, IPv4, IPv6 } from 'ipaddr.js';

const uuidLike = (middle: string): RegExp => new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${middle}-?[0-9a-f]{12}$`, 'i');

const any4 = '[0-9a-f]{4}';
const HOSTNAME =
  /^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$/u;
const GO_DURATION = /^[-+]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*)$/;
const SCALA_DURATION =
  /^\d+\s*(d|day|days|h|hour|hours|m|minute|minutes|min|mins|s|second|seconds|sec|secs|w|week|weeks|ms|milli|millis|millisecond|milliseconds|us|micro|micros|microsecond|microseconds|ns|nano|nanos|nanosecond|nanoseconds)$/i;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})?$/;
const CREDIT_CARD =
  /^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11})$/;

const byte = '(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])';

/** String formats that a CRD schema may name; others are ignored, as the API server ignores them. */
const formats: ReadonlyMap<string, (text: string) => boolean> = new Map<string, (text: string) => boolean>([
  ['bsonobjectid', (text) => /^[0-9a-f]{24}$/i.test(text)],
  ['uri', isRequestUri],
  ['email', isEmail],
  ['hostname', isHostname],
  ['ipv4', (text) => IPv4.isValidFourPartDecimal(text)],
  ['ipv6', (text) => text.includes(':') && IPv6.isValid(text)],
  ['cidr', isCidr],
  ['mac', (text) => /^([0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\2){4,6}[0-9a-f]{2}$/i.test(text) || isDottedMac(text)],
  ['uuid', (text) => uuidLike(`${any4}-?${any4}`).test(text)],
  ['uuid3', (text) => uuidLike(`3[0-9a-f]{3}-?${any4}`).test(text)],
  ['uuid4', (text) => uuidLike('4[0-9a-f]{3}-?[89ab][0-9a-f]{3}').test(text)],
  ['uuid5', (text) => uuidLike('5[0-9a-f]{3}-?[89ab][0-9a-f]{3}').test(text)],
  ['isbn', (text) => isIsbn10(text) || isIsbn13(text)],
  ['isbn10', isIsbn10],
  ['isbn13', isIsbn13],
  ['creditcard', (text) => CREDIT_CARD.test(text.replace(/\D+/g, '')) && hasLuhnSum(text.replace(/\D+/g, ''))],
  ['ssn', (text) => /^\d{3}[- ]?\d{2}[- ]?\d{4}$/.test(text)],
  ['hexcolor', (text) => /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text)],
  ['rgbcolor', (text) => new RegExp(`^rgb\\(\\s*${byte}\\s*,\\s*${byte}\\s*,\\s*${byte}\\s*\\)$`).test(text)],
  ['byte', (text) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) && text !== ''],
  ['password', () => true],
  ['date', isDate],
  ['duration', (text) => GO_DURATION.test(text) || SCALA_DURATION.test(text.trim())],
  ['datetime', (text) => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text.slice(0, 19).toUpperCase() + 'Z'))],
  ['k8sshortname', (text) => text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text)],
  [
    'k8slongname',
    (text) => text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text),
  ],
]);

/** The check of a string format; `undefined` for a format that the API server does not know and so ignores. */
export function formatCheck(format: string): ((text: string) => boolean) | undefined {
  return formats.get(format.replaceAll('-', ''));
}

function isRequestUri(text: string): boolean {
  if (text.startsWith('/')) return !/[\s]/.test(text);
  return /^[a-z][a-z0-9+.-]*:\S+$/i.test(text);
}

function isEmail(text: string): boolean {
  const angled = /<([^<>]+)>\s*$/.exec(text);
  return /^[^\s@<>]+@[^\s@<>]+$/.test(angled?.[1] ?? text);
}

function isHostname(text: string): boolean {
  if (!HOSTNAME.test(text)) return false;
  return text.split('.').every((label) => label.length <= 63) && text.length <= 255;
}

function isCidr(text: string): boolean {
  try {
    parseCIDR(text);
    return true;
  } catch {
    return false;
  }
}

function isDottedMac(text: string): boolean {
  return /^([0-9a-f]{4}\.){2,3}[0-9a-f]{4}$/i.test(text);
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function isIsbn10(text: string): boolean {
  const digits = text.replace(/[\s-]+/g, '');
  if (!/^\d{9}[\dX]$/.test(digits)) return false;
  const sum = [...digits].reduce(
    (total, digit, index) => total + (10 - index) * (digit === 'X' ? 10 : Number(digit)),
    0,
  );
  return sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = text.replace(/[\s-]+/g, '');
  if (!/^\d{13}$/.test(digits)) return false;
  const sum = [...digits].reduce((total, digit, index) => total + (index % 2 === 0 ? 1 : 3) * Number(digit), 0);
  return sum % 10 === 0;
}

function hasLuhnSum(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
