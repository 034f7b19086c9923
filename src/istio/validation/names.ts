import { IPv4, IPv6 } from 'ipaddr.js';

const LABEL = '[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?';
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const WILDCARD_LABEL = new RegExp(`^(\\*|(\\*|\\*-)?${LABEL})$`);
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LONGEST_NAME = 255;
const LONGEST_LABEL = 63;

/** Whether a text is one label of a name, as Istio takes it: capital letters count, too. */
export function isDnsLabel(text: string): boolean {
  return text.length <= LONGEST_LABEL && DNS_LABEL.test(text);
}

/** Why a text is not a fully qualified name; undefined when it is one. A dot at the end is allowed. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'a name must not be empty';
  if (name.length > LONGEST_NAME) return `a name has at most ${LONGEST_NAME} characters`;
  return labelsProblem(name);
}

/** Why a text is neither a name nor one whose first label is a wildcard; undefined when it is. */
export function wildcardNameProblem(name: string): string | undefined {
  if (name === '') return 'a name must not be empty';
  if (name.length > LONGEST_NAME) return `a name has at most ${LONGEST_NAME} characters`;
  const dot = name.indexOf('.');
  const first = dot < 0 ? name : name.slice(0, dot);
  if (first.length > LONGEST_LABEL || !WILDCARD_LABEL.test(first)) return `"${first}" is not a label of a name`;
  return dot < 0 ? undefined : labelsProblem(name.slice(dot + 1));
}

function labelsProblem(name: string): string | undefined {
  const labels = name.split('.');
  const last = labels.at(-1) ?? '';
  if (/^[+-]?[0-9]+$/.test(last)) return `its last label "${last}" must not be a number`;
  const bad = labels.find((label, index) => !(index === labels.length - 1 && label === '') && !isDnsLabel(label));
  return bad === undefined ? undefined : `"${bad}" is not a label of a name`;
}

/** A wildcard that is not a whole first label, as in `*foo.example.com`: proxies match it, but not everywhere. */
export function isPartialWildcard(name: string): boolean {
  return name.includes('*') && name !== '*' && !name.startsWith('*.');
}

/** Whether a text is an IPv4 address of four decimals, or an IPv6 address. */
export function isIp(text: string): boolean {
  return IPv4.isValidFourPartDecimal(text) || IPv6.isValid(text);
}

/** Whether a text is an address, or a network as `address/bits`. */
export function isSubnet(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  if (bits === undefined) return isIp(text);
  const most = IPv4.isValidFourPartDecimal(address) ? 32 : 128;
  return more.length === 0 && isIp(address) && /^[0-9]{1,3}$/.test(bits) && Number(bits) <= most;
}

/** Whether a text is a label key: a name of at most 63 characters, also with a DNS name and a slash before it. */
export function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/');
  const name = slash < 0 ? key : key.slice(slash + 1);
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const prefixFits = prefix === undefined || (prefix.length <= 253 && labelsProblem(prefix) === undefined);
  return prefixFits && name.length <= LONGEST_LABEL && QUALIFIED.test(name);
}

/** Whether a text can be the value of a label. */
export function isLabelValue(value: string): boolean {
  return value === '' || (value.length <= LONGEST_LABEL && QUALIFIED.test(value));
}

/** Whether a host pattern (`a.example.com`, `*.example.com`, `*`) takes every name that the other one takes. */
export function hostCovers(pattern: string, host: string): boolean {
  if (pattern === host || pattern === '*') return true;
  return pattern.startsWith('*') && host.endsWith(pattern.slice(1)) && host.length >= pattern.length;
}

/** Whether some name fits both host patterns. */
export function hostsMeet(left: string, right: string): boolean {
  return hostCovers(left, right) || hostCovers(right, left);
}
