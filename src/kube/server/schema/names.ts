/** Checks of names, each giving what is wrong in Kubernetes' words, or nothing. */
export type NameCheck = (name: string) => readonly string[];

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const DNS_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const VALUE = `(${KEY})?`;

const whole = (source: string): RegExp => new RegExp(`^${source}$`);
const [label, subdomain, dns1035, key, value] = [LABEL, SUBDOMAIN, DNS_1035, KEY, VALUE].map(whole) as [
  RegExp,
  RegExp,
  RegExp,
  RegExp,
  RegExp,
];

/** Where a text breaks its syntax: the rule, examples, the expression. */
export function syntaxProblem(rule: string, expression: string, ...examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${rule} (${examples.length > 0 ? `e.g. ${shown}` : ''}regex used for validation is '${expression}')`;
}

/** A text is longer than it may be. */
export function lengthProblem(limit: number): string {
  return `must be no more than ${limit} characters`;
}

function tooLong(name: string, limit: number): readonly string[] {
  return Buffer.byteLength(name) > limit ? [lengthProblem(limit)] : [];
}

/** DNS label (RFC 1123): namespaces, ports of Services, pods of a StatefulSet. */
export const dnsLabelProblems: NameCheck = (name) => {
  if (label.test(name)) return tooLong(name, 63);
  if (subdomain.test(name)) return [...tooLong(name, 63), 'must not contain dots'];
  const rule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...tooLong(name, 63), syntaxProblem(rule, LABEL, 'my-name', '123-abc')];
};

/** DNS subdomain (RFC 1123): what most objects are named by. */
export const dnsSubdomainProblems: NameCheck = (name) => {
  if (subdomain.test(name)) return tooLong(name, 253);
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [...tooLong(name, 253), syntaxProblem(rule, SUBDOMAIN, 'example.com')];
};

/** DNS label (RFC 1035): starts with a letter. */
export const dns1035LabelProblems: NameCheck = (name) => {
  if (dns1035.test(name)) return tooLong(name, 63);
  const rule =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  return [...tooLong(name, 63), syntaxProblem(rule, DNS_1035, 'my-name', 'abc-123')];
};

/** One segment of a URL path: RBAC objects may have nearly any name. */
export const pathSegmentProblems: NameCheck = (name) => {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%']
    .filter((character) => name.includes(character))
    .map((character) => `may not contain '${character}'`);
};

const KEY_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/** Keys of labels and annotations, and finalizers: `[subdomain/]name`. */
export const qualifiedNameProblems: NameCheck = (text) => {
  const parts = text.split('/');
  const syntax = syntaxProblem(KEY_RULE, KEY, 'MyName', 'my.name', '123-abc');
  if (parts.length > 2) {
    return [`a valid label key ${syntax} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const name = parts.at(-1) ?? '';
  const [prefix] = parts.length === 2 ? parts : [];
  const problems = prefix === '' ? ['must be non-empty'] : prefix === undefined ? [] : dnsSubdomainProblems(prefix);
  const found = problems.map((problem) => `prefix part ${problem}`);
  if (name === '') found.push('name part must be non-empty');
  else if (Buffer.byteLength(name) > 63) found.push(`name part ${lengthProblem(63)}`);
  return key.test(name) ? found : [...found, `name part ${syntax}`];
};

/** Values of labels. */
export const labelValueProblems: NameCheck = (text) => {
  const length = Buffer.byteLength(text) > 63 ? ['must be no more than 63 bytes'] : [];
  if (value.test(text)) return length;
  const rule = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and ${KEY_RULE.slice(KEY_RULE.indexOf('must start'))}`;
  return [...length, syntaxProblem(rule, VALUE, 'MyValue', 'my_value', '12345')];
};

/** A generated name's prefix may end with a dash, since a suffix follows. */
export function asPrefix(check: NameCheck): NameCheck {
  return (prefix) => check(prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -1)}a` : prefix);
}
