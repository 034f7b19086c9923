import type { Faults, Field } from '../findings';
import { duplicateFaults, hostFaults, isHttp, isTls, portNameFaults, protocolFaults } from './basics';
import { isIp, isPartialWildcard, isSubnet, nameProblem } from './names';
import { exportFaults, selectorFaults } from './selectors';
import { workloadFaults } from './workload';

/** networking.istio.io ServiceEntry, as istiod's webhook judges it. */
export function* serviceEntryFaults(object: Field, namespace: string): Faults {
  const spec = object.at('spec');
  const resolution = spec.at('resolution').text ?? 'NONE';
  const [selector, endpoints] = [spec.at('workloadSelector'), spec.at('endpoints')];
  yield* selectorFaults(selector, 'labels');
  if (selector.given && endpoints.given)
    yield {
      code: 'FLO8092',
      path: endpoints.path,
      message: 'endpoints come from the list or from the workloadSelector, not from both',
    };
  if (selector.given && resolution !== 'STATIC')
    yield {
      code: 'FLO8097',
      path: selector.path,
      message: `with resolution ${resolution} no workload is selected`,
      hint: 'write resolution: STATIC',
    };
  yield* entryHostFaults(spec);
  yield* addressesFaults(spec, resolution);
  yield* portsFaults(spec, resolution);
  yield* endpointsFaults(spec, resolution);
  yield* exportFaults(spec.at('exportTo'), { namespace, mayHide: true });
}

function* entryHostFaults(spec: Field): Faults {
  for (const { text, field } of spec.at('hosts').texts) {
    if (text === '*') yield { code: 'FLO8090', path: field.path, message: 'the host "*" would be every host there is' };
    else yield* hostFaults(field, text);
    if (isPartialWildcard(text))
      yield {
        code: 'FLO8091',
        path: field.path,
        message: `"${text}" has its wildcard in the middle of a label, where proxies do not match it`,
      };
  }
}

function* addressesFaults(spec: Field, resolution: string): Faults {
  for (const { text, field } of spec.at('addresses').texts) {
    if (!isSubnet(text)) yield { code: 'FLO8020', path: field.path, message: `"${text}" is no address and no network` };
    if (text.includes('/') && !['NONE', 'STATIC'].includes(resolution))
      yield {
        code: 'FLO8093',
        path: field.path,
        message: `with resolution ${resolution} an address is one host, not a network`,
      };
  }
}

function* portsFaults(spec: Field, resolution: string): Faults {
  const ports = spec.at('ports');
  const names = ports.items.map((port) => port.at('name'));
  yield* duplicateFaults(
    names.flatMap((field) => (field.text === undefined ? [] : [{ text: field.text, field }])),
    'port name',
  );
  const numbers = ports.items.map((port) => port.at('number'));
  yield* duplicateFaults(
    numbers.flatMap((field) => (field.number === undefined ? [] : [{ text: String(field.number), field }])),
    'port',
  );
  for (const port of ports.items) {
    const [name, protocol, target] = [port.at('name'), port.at('protocol'), port.at('targetPort')];
    if (name.text !== undefined) yield* portNameFaults(name, name.text);
    yield* protocolFaults(protocol);
    if (target.given && resolution === 'NONE')
      yield {
        code: 'FLO8097',
        path: target.path,
        message: 'with resolution NONE calls go to the port that was asked for, so targetPort does nothing',
      };
    yield* hostsOfStreamFaults(spec, protocol, resolution);
  }
}

/** Plain TCP carries no name, so that several hosts could not be told apart. */
function* hostsOfStreamFaults(spec: Field, protocol: Field, resolution: string): Faults {
  const text = protocol.text ?? '';
  if (resolution === 'NONE' || spec.at('hosts').items.length < 2 || isHttp(text) || isTls(text)) return;
  const message = `${text === '' ? 'a port without protocol' : text} carries no name, so several hosts cannot be told apart`;
  yield { code: 'FLO8096', path: protocol.path, message };
}

function* endpointsFaults(spec: Field, resolution: string): Faults {
  const endpoints = spec.at('endpoints');
  const servicePorts = new Set(spec.at('ports').items.flatMap((port) => port.at('name').text ?? []));
  if (endpoints.given && resolution === 'NONE')
    yield {
      code: 'FLO8094',
      path: endpoints.path,
      message: 'with resolution NONE calls go to the address that was asked for, so endpoints do nothing',
    };
  if (resolution === 'DNS_ROUND_ROBIN' && endpoints.items.length > 1)
    yield { code: 'FLO8094', path: endpoints.path, message: 'resolution DNS_ROUND_ROBIN has one endpoint at most' };
  if (['DNS', 'DNS_ROUND_ROBIN'].includes(resolution) && endpoints.items.length === 0) {
    for (const { text, field } of spec.at('hosts').texts) {
      if (nameProblem(text) !== undefined && !isIp(text))
        yield { code: 'FLO8098', path: field.path, message: `"${text}" cannot be asked from DNS` };
    }
  }
  if (resolution === 'NONE') return;
  for (const endpoint of endpoints.items) {
    yield* workloadFaults(endpoint, { mayBeName: resolution !== 'STATIC', servicePorts });
    const isSocket = endpoint.at('address').text?.startsWith('unix://') === true;
    if (isSocket && servicePorts.size !== 1)
      yield {
        code: 'FLO8094',
        path: endpoint.path,
        message: 'a unix socket serves exactly one port of the ServiceEntry',
      };
  }
}
