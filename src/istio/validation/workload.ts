import type { Faults, Field } from '../findings';
import { isPort, labelFaults, unixSocketFaults } from './basics';
import { isDnsLabel, isIp, nameProblem } from './names';

/** What an endpoint's address may be. */
export interface AddressRules {
  /** ServiceEntries with resolution STATIC want addresses; names are for DNS. */
  readonly mayBeName: boolean;
  /** Names of the ServiceEntry's ports, that the endpoint's ports go by. */
  readonly servicePorts?: ReadonlySet<string>;
}

/** Istio's WorkloadEntry, also as an endpoint of a ServiceEntry. */
export function* workloadFaults(workload: Field, { mayBeName, servicePorts }: AddressRules): Faults {
  const [address, network] = [workload.at('address'), workload.at('network')];
  if ((address.text ?? '') === '') {
    if ((network.text ?? '') === '')
      yield {
        code: 'FLO8100',
        path: workload.path,
        message: 'an endpoint needs an address, or a network that it is behind',
      };
    else
      yield {
        code: 'FLO8101',
        path: workload.path,
        message: `without an address, all that is known is network "${network.text}"`,
      };
  } else yield* addressFaults(workload, address, address.text ?? '', mayBeName);
  yield* endpointPortFaults(workload.at('ports'), servicePorts);
  yield* labelFaults(workload.at('labels'));
  yield* lengthFaults(workload);
}

const LONGEST: readonly (readonly [string, number])[] = [
  ['address', 256],
  ['network', 2048],
  ['locality', 2048],
  ['serviceAccount', 253],
];

function* lengthFaults(workload: Field): Faults {
  for (const [name, longest] of LONGEST) {
    const { text = '', path } = workload.at(name);
    if (text.length > longest) yield { code: 'FLO8001', path, message: `longer than ${longest} characters` };
  }
}

function* addressFaults(workload: Field, field: Field, address: string, mayBeName: boolean): Faults {
  if (address.startsWith('unix://')) {
    yield* unixSocketFaults(field, address);
    if (workload.at('ports').given)
      yield { code: 'FLO8100', path: workload.at('ports').path, message: 'a unix socket has no ports' };
  } else if (!isIp(address)) {
    if (!mayBeName)
      yield {
        code: 'FLO8094',
        path: field.path,
        message: `"${address}" is no IP address, and resolution STATIC asks no DNS`,
      };
    else if (nameProblem(address) !== undefined)
      yield { code: 'FLO8020', path: field.path, message: `"${address}" is neither an address nor a name` };
  }
}

/** Longest name that the API server takes for the port of an endpoint. */
const LONGEST_PORT_NAME = 62;

function* endpointPortFaults(ports: Field, servicePorts: ReadonlySet<string> | undefined): Faults {
  for (const [name, { number, path }] of ports.entries) {
    if (!isDnsLabel(name) || name.length > LONGEST_PORT_NAME)
      yield { code: 'FLO8008', path, message: `"${name}" cannot name a port: it is not a DNS label` };
    if (number !== undefined && !isPort(number)) yield { code: 'FLO8008', path, message: `${number} is no port` };
    if (servicePorts !== undefined && !servicePorts.has(name)) {
      const known = [...servicePorts].join(', ');
      yield {
        code: 'FLO8095',
        path,
        message: `the ServiceEntry has no port "${name}"`,
        hint: `its ports are ${known === '' ? 'none' : known}`,
      };
    }
  }
}

/** networking.istio.io WorkloadEntry, as istiod's webhook judges it. */
export function* workloadEntryFaults(object: Field): Faults {
  yield* workloadFaults(object.at('spec'), { mayBeName: true });
}

/** networking.istio.io WorkloadGroup, as istiod's webhook judges it. */
export function* workloadGroupFaults(object: Field): Faults {
  const spec = object.at('spec');
  yield* labelFaults(spec.at('metadata').at('labels'));
  const template = spec.at('template');
  const address = template.at('address');
  if ((address.text ?? '') !== '') yield* addressFaults(template, address, address.text ?? '', true);
  yield* endpointPortFaults(template.at('ports'), undefined);
  yield* lengthFaults(template);
  yield* probeFaults(spec.at('probe'));
}

const METHODS = ['httpGet', 'tcpSocket', 'exec', 'grpc'];

function* probeFaults(probe: Field): Faults {
  if (!probe.given) return;
  const methods = METHODS.filter((name) => probe.at(name).given);
  if (methods.length === 0)
    yield { code: 'FLO8105', path: probe.path, message: 'the probe has no httpGet, tcpSocket, exec or grpc' };
  if (methods.length > 1)
    yield { code: 'FLO8006', path: probe.path, message: `${methods.join(' and ')} exclude one another` };
  const scheme = probe.at('httpGet').at('scheme');
  if (!['', 'HTTP', 'HTTPS'].includes(scheme.text ?? ''))
    yield {
      code: 'FLO8105',
      path: scheme.path,
      message: `"${scheme.text}" is no scheme of a probe`,
      hint: 'write HTTP or HTTPS',
    };
  for (const header of probe.at('httpGet').at('httpHeaders').items) {
    const name = header.at('name');
    if (name.given && !/^[-_A-Za-z0-9]+$/.test(name.text ?? ''))
      yield { code: 'FLO8017', path: name.path, message: `"${name.text ?? ''}" is no name of a header` };
  }
  const command = probe.at('exec').at('command');
  if (probe.at('exec').given && command.items.length === 0)
    yield { code: 'FLO8105', path: command.path, message: 'exec needs a command' };
  for (const { text, field } of command.texts)
    if (text === '') yield { code: 'FLO8105', path: field.path, message: 'a word of the command is empty' };
}
