import type { Faults, Field } from '../findings';
import { ipFaults, isHttp, isPort, plainHostFaults, portNameFaults, protocolFaults, unixSocketFaults } from './basics';
import { connectionPoolFaults } from './connection-pool';
import { destinationFaults } from './destination';
import { namespacedHostFaults } from './namespaced-host';
import { selectorFaults } from './selectors';
import { serverTlsFaults } from './server-tls';

/** networking.istio.io Sidecar, as istiod's webhook judges it. */
export function* sidecarFaults(object: Field, namespace: string): Faults {
  const spec = object.at('spec');
  yield* selectorFaults(spec.at('workloadSelector'), 'labels');
  const [ingress, egress] = [spec.at('ingress'), spec.at('egress')];
  const hasSettings = spec.among(['outboundTrafficPolicy', 'inboundConnectionPool']).length > 0;
  if (ingress.items.length + egress.items.length === 0 && !hasSettings)
    yield { code: 'FLO8110', path: spec.path, message: 'a Sidecar without ingress, egress or a policy sets nothing' };
  yield* ingressFaults(ingress.items);
  yield* connectionPoolFaults(spec.at('inboundConnectionPool'));
  yield* egressFaults(egress.items, namespace);
  yield* outboundFaults(spec.at('outboundTrafficPolicy'));
}

function* ingressFaults(listeners: readonly Field[]): Faults {
  const numbers: (number | undefined)[] = [];
  for (const listener of listeners) {
    const port = listener.at('port');
    const number = port.at('number');
    yield* listenerPortFaults(port);
    if (port.given && number.number === undefined)
      yield { code: 'FLO8111', path: port.path, message: 'an ingress listener needs the number of its port' };
    if (number.number !== undefined && numbers.includes(number.number))
      yield { code: 'FLO8018', path: number.path, message: `port ${number.number} has a listener already` };
    numbers.push(number.number);
    const bind = listener.at('bind');
    if ((bind.text ?? '') !== '') yield* ipFaults(bind, bind.text ?? '');
    yield* defaultEndpointFaults(listener.at('defaultEndpoint'));
    yield* listenerTlsFaults(listener.at('tls'));
    yield* connectionPoolFaults(listener.at('connectionPool'));
    const http = listener.at('connectionPool').at('http');
    if (http.given && !isHttp(port.at('protocol').text ?? ''))
      yield {
        code: 'FLO8118',
        path: http.path,
        message: 'the port does not speak HTTP, so only the tcp settings apply',
      };
  }
}

function* listenerPortFaults(port: Field): Faults {
  const [name, target] = [port.at('name'), port.at('targetPort')];
  if ((name.text ?? '') !== '') yield* portNameFaults(name, name.text ?? '');
  yield* protocolFaults(port.at('protocol'));
  if (target.given) yield { code: 'FLO8034', path: target.path, message: 'targetPort does nothing in a Sidecar' };
}

const LOCAL_ENDPOINT = /^(127\.0\.0\.1|0\.0\.0\.0|\[::1\]|\[::\])?:([0-9]{1,6})$/;

function* defaultEndpointFaults(field: Field): Faults {
  const { text = '', path } = field;
  if (text === '') return;
  if (text.startsWith('unix://')) yield* unixSocketFaults(field, text);
  else if (!isPort(Number(LOCAL_ENDPOINT.exec(text)?.[2] ?? 0)))
    yield {
      code: 'FLO8115',
      path,
      message: `"${text}" is not where a sidecar can hand over: 127.0.0.1:PORT, 0.0.0.0:PORT, [::1]:PORT, [::]:PORT or unix://PATH`,
    };
}

function* listenerTlsFaults(tls: Field): Faults {
  if (!tls.given) return;
  for (const field of tls.among(['subjectAltNames', 'httpsRedirect', 'credentialName'])) {
    if (field.value === false || field.value === '') continue;
    yield { code: 'FLO8116', path: field.path, message: `a sidecar has no ${field.path.split('.').at(-1) ?? ''}` };
  }
  const mode = tls.at('mode');
  if (['ISTIO_MUTUAL', 'AUTO_PASSTHROUGH'].includes(mode.text ?? ''))
    yield { code: 'FLO8116', path: mode.path, message: `a sidecar's listener cannot have mode ${mode.text}` };
  yield* serverTlsFaults(tls);
}

function* egressFaults(listeners: readonly Field[], namespace: string): Faults {
  const taken: string[] = [];
  for (const [index, listener] of listeners.entries()) {
    const [port, bind] = [listener.at('port'), listener.at('bind')];
    if (!port.given && index < listeners.length - 1)
      yield {
        code: 'FLO8112',
        path: listener.path,
        message: 'a listener without port takes everything, so it must be the last one',
      };
    if (port.given) {
      yield* listenerPortFaults(port);
      yield* egressPortFaults(listener);
      const key =
        (port.at('number').number ?? 0) === 0 ? `bind ${bind.text ?? ''}` : `port ${port.at('number').number}`;
      if (taken.includes(key)) yield { code: 'FLO8018', path: port.path, message: `${key} has a listener already` };
      taken.push(key);
    }
    yield* egressHostFaults(listener.at('hosts'), namespace);
  }
}

function* egressPortFaults(listener: Field): Faults {
  const [bind, capture] = [listener.at('bind'), listener.at('captureMode')];
  const number = listener.at('port').at('number').number ?? 0;
  if (number !== 0) {
    if ((bind.text ?? '') !== '') yield* ipFaults(bind, bind.text ?? '');
    return;
  }
  if (bind.text?.startsWith('unix://') !== true)
    yield {
      code: 'FLO8111',
      path: listener.at('port').path,
      message: 'a listener without port number binds to a unix socket',
    };
  else yield* unixSocketFaults(bind, bind.text);
  if (capture.text === 'IPTABLES')
    yield { code: 'FLO8111', path: capture.path, message: 'what goes to a unix socket cannot be captured by iptables' };
}

function* egressHostFaults(hosts: Field, namespace: string): Faults {
  const seen: (readonly [namespace: string, name: string])[] = [];
  for (const { text, field } of hosts.texts) {
    yield* namespacedHostFaults(field, text, 'Sidecar');
    const slash = text.indexOf('/');
    if (slash < 0) continue;
    const space = text.slice(0, slash) === '.' ? namespace : text.slice(0, slash);
    const name = text.slice(slash + 1);
    const same = seen.find(
      ([otherSpace, other]) => otherSpace === space && (other === name || other === '*' || name === '*'),
    );
    if (same !== undefined || (seen.length > 0 && (seen[0]?.join('/') === '*/*' || `${space}/${name}` === '*/*')))
      yield { code: 'FLO8114', path: field.path, message: `"${text}" overlaps with another host of the listener` };
    seen.push([space, name]);
  }
}

function* outboundFaults(policy: Field): Faults {
  const proxy = policy.at('egressProxy');
  if (!proxy.given) return;
  if (policy.at('mode').text !== 'ALLOW_ANY')
    yield {
      code: 'FLO8117',
      path: proxy.path,
      message: 'egressProxy is for mode ALLOW_ANY',
      hint: 'write mode: ALLOW_ANY',
    };
  const host = proxy.at('host');
  if (host.text !== undefined) yield* plainHostFaults(host, host.text);
  if (!proxy.at('port').given) yield { code: 'FLO8117', path: proxy.path, message: 'egressProxy needs a port' };
  yield* destinationFaults(proxy);
}
