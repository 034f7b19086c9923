import type { Faults, Field } from '../findings';
import { ipFaults, isHttp, isTls, protocolFaults, unixSocketFaults } from './basics';
import { namespacedHostFaults } from './namespaced-host';
import { isDnsLabel } from './names';
import { serverTlsFaults } from './server-tls';

/** networking.istio.io Gateway, as istiod's webhook judges it. */
export function* gatewayFaults(object: Field): Faults {
  const spec = object.at('spec');
  const name = object.at('metadata').at('name');
  if (name.text !== undefined && !isDnsLabel(name.text))
    yield { code: 'FLO8004', path: name.path, message: `"${name.text}" cannot name a Gateway: it is not a DNS label` };
  const servers = spec.at('servers');
  if (servers.items.length === 0)
    yield { code: 'FLO8030', path: servers.path, message: 'a Gateway without servers opens no port' };
  for (const server of servers.items) yield* serverFaults(server);
  yield* portNameFaults(servers.items);
}

function* serverFaults(server: Field): Faults {
  const hosts = server.at('hosts');
  for (const { text, field } of hosts.texts) yield* namespacedHostFaults(field, text, 'Gateway');
  const port = server.at('port');
  yield* protocolFaults(port.at('protocol'));
  if (port.at('protocol').text === '')
    yield { code: 'FLO8009', path: port.at('protocol').path, message: 'the port of a Gateway needs a protocol' };
  if (port.at('name').text === '')
    yield { code: 'FLO8008', path: port.at('name').path, message: 'the port of a Gateway needs a name' };
  const target = port.at('targetPort');
  if (target.given) yield { code: 'FLO8034', path: target.path, message: 'targetPort does nothing in a Gateway' };
  yield* bindFaults(server);
  yield* serverTlsFaults(server.at('tls'));
  yield* tlsOnPortFaults(server);
}

function* bindFaults(server: Field): Faults {
  const bind = server.at('bind');
  const number = server.at('port').at('number');
  if (bind.text?.startsWith('unix://') === true) {
    yield* unixSocketFaults(bind, bind.text);
    if ((number.number ?? 0) !== 0)
      yield { code: 'FLO8008', path: number.path, message: 'a unix socket has no port: the number must be 0' };
  } else if ((bind.text ?? '') !== '') yield* ipFaults(bind, bind.text ?? '');
}

function* tlsOnPortFaults(server: Field): Faults {
  const protocol = server.at('port').at('protocol').text;
  const tls = server.at('tls');
  if (protocol === undefined) return;
  const redirect = tls.at('httpsRedirect');
  if (redirect.isTrue && !isHttp(protocol))
    yield {
      code: 'FLO8035',
      path: redirect.path,
      message: `only HTTP ports can redirect, and this one speaks ${protocol}`,
    };
  if (isTls(protocol) && !tls.given)
    yield { code: 'FLO8031', path: server.path, message: `a port with protocol ${protocol} needs tls` };
  if (isTls(protocol) || !tls.given) return;
  const settings = tls.entries.filter(([name, field]) => name !== 'httpsRedirect' && field.given);
  const plain = settings.every(([name, { text }]) => name === 'mode' && text === 'PASSTHROUGH');
  if (isHttp(protocol) && plain) return;
  const message = `a port with protocol ${protocol} is plain text and has no tls`;
  const hint = isHttp(protocol) ? 'write protocol: HTTPS, or keep nothing but httpsRedirect' : 'write protocol: TLS';
  yield { code: 'FLO8031', path: tls.path, message, hint };
}

function* portNameFaults(servers: readonly Field[]): Faults {
  const seen = new Map<string, string>();
  for (const server of servers) {
    const name = server.at('port').at('name');
    if (name.text === undefined) continue;
    const first = seen.get(name.text);
    if (first === undefined) seen.set(name.text, name.path);
    else yield { code: 'FLO8018', path: name.path, message: `port name "${name.text}" is already at ${first}` };
  }
}
