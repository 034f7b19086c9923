import type { Manifest } from '../../federation/api';
import { Field } from '../../istio/findings';
import type { Finding } from '../../kernel';

type Faults = Generator<readonly [field: Field, message: string], void, undefined>;

const TYPES: readonly string[] = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'];
const PROTOCOLS: readonly string[] = ['TCP', 'UDP', 'SCTP'];
/** RFC 1123 label, as port names of a Service are. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** RFC 6335 service name, as named ports of a container are. */
const CONTAINER_PORT = /^(?=.{1,15}$)(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const LABEL_VALUE_LENGTH = 63;

/**
 * Why an API server would refuse a rendered Service: the rules of Kubernetes' own validation for the fields that templates and overrides can reach. Judged here,
 * because a Service that is refused in a zone only shows as a bundle that fails there.
 */
export function serviceFaults(manifest: Manifest): Finding[] {
  return [...faultsOf(new Field('', manifest).at('spec'))].map(([{ path }, message]) => ({
    ...{ code: 'FLO3034', severity: 'error', path, message },
    hint: 'write what Kubernetes takes for a Service, or leave the field to Flotilla',
  }));
}

function* faultsOf(spec: Field): Faults {
  const type = spec.at('type');
  if (type.given && !TYPES.includes(type.text ?? '')) yield [type, `must be one of ${TYPES.join(', ')}`];
  if (type.text === 'ExternalName') yield* externalFaults(spec);
  const ports = spec.at('ports');
  const needsPorts = type.text !== 'ExternalName' && spec.at('clusterIP').text !== 'None';
  if (ports.given && !Array.isArray(ports.value)) yield [ports, 'must be a list'];
  else if (needsPorts && ports.items.length === 0) yield [ports, 'a Service needs at least one port'];
  yield* portsFaults(ports);
  yield* selectorFaults(spec.at('selector'));
}

function* externalFaults(spec: Field): Faults {
  const name = spec.at('externalName');
  if ((name.text ?? '') === '') yield [name, 'a Service of type ExternalName needs an externalName'];
}

function* portsFaults(ports: Field): Faults {
  const names = new Map<string, string>();
  const numbers = new Map<string, string>();
  for (const port of ports.items) {
    yield* portFaults(port, ports.items.length > 1);
    const protocol = port.at('protocol').text ?? 'TCP';
    yield* twice(port.at('name'), port.at('name').text, names);
    yield* twice(port.at('port'), `${String(port.at('port').value)}/${protocol}`, numbers);
  }
}

function* twice(field: Field, key: string | undefined, seen: Map<string, string>): Faults {
  if (key === undefined) return;
  const first = seen.get(key);
  if (first === undefined) seen.set(key, field.path);
  else yield [field, `is the same as ${first}`];
}

function* portFaults(port: Field, isOneOfMany: boolean): Faults {
  const name = port.at('name');
  const isUnnamed = !name.given || name.text === '';
  if ((!isUnnamed || isOneOfMany) && !LABEL.test(name.text ?? ''))
    yield [name, 'must be a name of small letters, digits and "-", of at most 63 characters'];
  const number = port.at('port');
  if (!isPortNumber(number.value)) yield [number, 'must be a number from 1 to 65535'];
  const target = port.at('targetPort');
  // 0 and "" are as good as nothing: the API server fills in the port.
  const isDefaulted = !target.given || target.value === 0 || target.value === '';
  if (!isDefaulted && !isPortNumber(target.value) && !CONTAINER_PORT.test(target.text ?? ''))
    yield [target, 'must be a number from 1 to 65535, or the name of a container port of at most 15 characters'];
  const protocol = port.at('protocol');
  if (protocol.given && !PROTOCOLS.includes(protocol.text ?? ''))
    yield [protocol, `must be one of ${PROTOCOLS.join(', ')}`];
}

function isPortNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;
}

function* selectorFaults(selector: Field): Faults {
  for (const [, value] of selector.entries) {
    const isLabel = value.text !== undefined && value.text.length <= LABEL_VALUE_LENGTH && LABEL_VALUE.test(value.text);
    if (!isLabel) yield [value, 'must be a label value: letters, digits, "-", "_" and ".", at most 63'];
  }
}
