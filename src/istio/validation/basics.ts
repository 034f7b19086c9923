import type { Field } from '../findings';
import { type Faults } from '../findings';
import { isDnsLabel, isIp, isLabelKey, isLabelValue, nameProblem, wildcardNameProblem } from './names';

/** A host that is a fully qualified name, wildcard first label allowed. */
export function* hostFaults(field: Field, host: string): Faults {
  const problem = wildcardNameProblem(host);
  if (problem !== undefined) yield { code: 'FLO8007', path: field.path, message: `"${host}" is no host: ${problem}` };
}

/** A host that is a fully qualified name without a wildcard. */
export function* plainHostFaults(field: Field, host: string): Faults {
  const problem = nameProblem(host);
  if (problem !== undefined) yield { code: 'FLO8007', path: field.path, message: `"${host}" is no host: ${problem}` };
}

/** Whether a number is a port. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** The name of a port: one DNS label. */
export function* portNameFaults(field: Field, name: string): Faults {
  if (!isDnsLabel(name))
    yield { code: 'FLO8008', path: field.path, message: `"${name}" cannot name a port: it is not a DNS label` };
}

const HTTP_PROTOCOLS: readonly string[] = ['HTTP', 'HTTP2', 'GRPC', 'GRPC-WEB', 'HTTP_PROXY', 'HBONE', 'DOUBLE-HBONE'];
const TLS_PROTOCOLS: readonly string[] = ['HTTPS', 'TLS'];
const OTHER_PROTOCOLS: readonly string[] = ['TCP', 'UDP', 'MONGO', 'REDIS', 'MYSQL'];

/** Whether requests on ports of this protocol are routed as HTTP. */
export function isHttp(protocol: string): boolean {
  return HTTP_PROTOCOLS.includes(protocol.toUpperCase());
}

/** Whether a port of this protocol is encrypted by who opens it. */
export function isTls(protocol: string): boolean {
  return TLS_PROTOCOLS.includes(protocol.toUpperCase());
}

/** A protocol that Istio knows. An empty one means that the proxy looks at the first bytes, where the field allows that. */
export function* protocolFaults(field: Field): Faults {
  const protocol = field.text;
  if (protocol === undefined || protocol === '') return;
  const known = [...HTTP_PROTOCOLS, ...TLS_PROTOCOLS, ...OTHER_PROTOCOLS];
  if (known.includes(protocol.toUpperCase())) return;
  yield { code: 'FLO8009', path: field.path, message: `"${protocol}" is no protocol that Istio knows` };
}

const DURATION = /^([0-9]+(\.[0-9]*)?|\.[0-9]+)(h|ms|m|s|us|µs|ns)/;
const UNIT_NS: Readonly<Record<string, number>> = {
  h: 3.6e12,
  m: 6e10,
  s: 1e9,
  ms: 1e6,
  us: 1e3,
  µs: 1e3,
  ns: 1,
};

/** Nanoseconds of a duration; undefined when it is none, which the schema says already. */
export function durationNs(text: string): number | undefined {
  let rest = text;
  let total = 0;
  while (rest !== '') {
    const match = DURATION.exec(rest);
    if (match === null) return undefined;
    const [whole, amount = '', , unit = ''] = match;
    total += Number(amount) * (UNIT_NS[unit] ?? 0);
    rest = rest.slice(whole.length);
  }
  return text === '' ? undefined : Math.round(total);
}

/** A duration of at least 1 ms, in whole milliseconds. */
export function* durationFaults(field: Field): Faults {
  const { text, path } = field;
  const ns = text === '0' ? 0 : text === undefined ? undefined : durationNs(text);
  if (ns === undefined) return;
  if (ns < 1e6) yield { code: 'FLO8010', path, message: `${text} is too short: the shortest duration is 1ms` };
  else if (ns % 1e6 !== 0) yield { code: 'FLO8010', path, message: `${text} is finer than a millisecond` };
}

/** Several durations at once. */
export function* durationsFaults(field: Field, names: readonly string[]): Faults {
  for (const given of field.among(names)) yield* durationFaults(given);
}

/** Istio's Percent: 0, or 0.0001 to 100. */
export function* percentFaults(field: Field): Faults {
  const value = field.at('value');
  const { number } = value;
  if (number === undefined) return;
  if (number < 0 || number > 100 || (number > 0 && number < 0.0001))
    yield { code: 'FLO8015', path: value.path, message: `${number} is neither 0 nor between 0.0001 and 100` };
}

/** Labels whose keys and values are as Kubernetes wants them. */
export function* labelFaults(field: Field): Faults {
  for (const [key, value] of field.entries) {
    if (!isLabelKey(key)) yield { code: 'FLO8016', path: value.path, message: `"${key}" cannot be the key of a label` };
    if (value.text !== undefined && !isLabelValue(value.text))
      yield { code: 'FLO8016', path: value.path, message: `"${value.text}" cannot be the value of a label` };
  }
}

/** Items of a list that say the same twice. */
export function* duplicateFaults(texts: Field['texts'], what: string): Faults {
  const seen = new Map<string, string>();
  for (const { text, field } of texts) {
    const first = seen.get(text);
    if (first === undefined) seen.set(text, field.path);
    else yield { code: 'FLO8018', path: field.path, message: `${what} "${text}" is already at ${first}` };
  }
}

/** Several fields of which at most one may be given. */
export function* oneOfFaults(field: Field, names: readonly string[]): Faults {
  const given = field.among(names);
  if (given.length < 2) return;
  const listed = names.filter((name) => field.at(name).given).join(' and ');
  yield { code: 'FLO8006', path: field.path, message: `${listed} exclude one another` };
}

/** An IP address. */
export function* ipFaults(field: Field, address: string): Faults {
  if (!isIp(address)) yield { code: 'FLO8020', path: field.path, message: `"${address}" is no IP address` };
}

/** The path part of `unix:///path` or `unix://@name`. */
export function* unixSocketFaults(field: Field, address: string): Faults {
  const socket = address.slice('unix://'.length);
  if (socket.startsWith('@') || (socket.startsWith('/') && !socket.endsWith('/'))) return;
  const message = `"${address}" is no unix socket: give an absolute path to a file, or @ and a name`;
  yield { code: 'FLO8020', path: field.path, message };
}

/** A field that a later one has replaced. */
export function* deprecatedFaults(field: Field, instead: string): Faults {
  if (field.given) {
    const name = field.path.split('.').at(-1) ?? field.path;
    yield { code: 'FLO8019', path: field.path, message: `${name} is deprecated`, hint: `use ${instead}` };
  }
}
