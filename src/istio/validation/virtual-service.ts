import type { Faults, Field } from '../findings';
import { hostFaults } from './basics';
import { gatewayNamesFaults } from './gateway-names';
import { httpRouteFaults } from './http-route';
import { hostsMeet, isIp, wildcardNameProblem } from './names';
import { exportFaults } from './selectors';
import { tcpRouteFaults, tlsRouteFaults } from './stream-route';
import { unreachableFaults } from './unreachable-routes';

/** networking.istio.io VirtualService, as istiod's webhook judges it. */
export function* virtualServiceFaults(object: Field, namespace: string): Faults {
  const spec = object.at('spec');
  const isDelegate = spec.at('hosts').items.length === 0;
  const gateways = spec.at('gateways');
  if (isDelegate) yield* delegateFaults(spec);
  yield* gatewayNamesFaults(gateways);
  yield* virtualHostFaults(spec, atGatewaysOnly(spec));
  if (['http', 'tls', 'tcp'].every((kind) => spec.at(kind).items.length === 0))
    yield {
      code: 'FLO8041',
      path: spec.path,
      message: 'a VirtualService without http, tls or tcp routes leads nowhere',
    };
  for (const route of spec.at('http').items)
    yield* httpRouteFaults(route, { isDelegate, atGateway: atGatewaysOnly(spec) });
  for (const route of spec.at('tls').items) yield* tlsRouteFaults(route, spec);
  for (const route of spec.at('tcp').items) yield* tcpRouteFaults(route);
  yield* exportFaults(spec.at('exportTo'), { namespace });
  for (const kind of ['http', 'tls', 'tcp']) yield* unreachableFaults(spec.at(kind), kind);
}

function atGatewaysOnly(spec: Field): boolean {
  const gateways = spec.at('gateways').texts.map(({ text }) => text);
  return gateways.length > 0 && !gateways.includes('mesh');
}

function* delegateFaults(spec: Field): Faults {
  for (const field of spec.among(['gateways', 'tls', 'tcp'])) {
    if (field.items.length === 0) continue;
    const name = field.path.slice('spec.'.length);
    yield {
      code: 'FLO8040',
      path: field.path,
      message: `without hosts this is a delegate, and a delegate has no ${name}`,
    };
  }
}

function* virtualHostFaults(spec: Field, atGateway: boolean): Faults {
  const hosts = spec.at('hosts').texts;
  for (const { text, field } of hosts) {
    if (isIp(text) || (atGateway && isPassedSni(text))) continue;
    yield* hostFaults(field, text);
    if (text === '*' && !atGateway)
      yield { code: 'FLO8044', path: field.path, message: 'inside the mesh, the host "*" would catch every call' };
  }
  if (hosts.some(({ text }) => wildcardNameProblem(text) !== undefined)) return;
  for (const [index, { text, field }] of hosts.entries()) {
    const first = hosts.slice(0, index).find((other) => hostsMeet(other.text, text));
    if (first !== undefined)
      yield {
        code: 'FLO8045',
        path: field.path,
        message: `host "${text}" overlaps with "${first.text}" at ${first.field.path}`,
      };
  }
}

/** Names that istiod makes for AUTO_PASSTHROUGH: `outbound_.80_._.host`. */
function isPassedSni(host: string): boolean {
  return /^outbound_\.?[0-9]+_[^_]*_\.?[a-zA-Z]/.test(host);
}
