import type { Faults, Field } from '../findings';
import { durationsFaults, hostFaults, isPort, labelFaults } from './basics';
import { clientTlsFaults } from './client-tls';
import { connectionPoolFaults } from './connection-pool';
import { subsetNameFaults } from './destination';
import { loadBalancerFaults } from './load-balancer';
import { isIp, nameProblem } from './names';
import { exportFaults, selectorFaults } from './selectors';

/** networking.istio.io DestinationRule, as istiod's webhook judges it. */
export function* destinationRuleFaults(object: Field, namespace: string): Faults {
  const spec = object.at('spec');
  const host = spec.at('host');
  if (host.text !== undefined) yield* hostFaults(host, host.text);
  yield* trafficPolicyFaults(spec.at('trafficPolicy'));
  yield* subsetsFaults(spec.at('subsets'));
  const selector = spec.at('workloadSelector');
  yield* exportFaults(spec.at('exportTo'), { namespace, staysHome: selector.given });
  yield* selectorFaults(selector, 'matchLabels');
}

function* subsetsFaults(subsets: Field): Faults {
  const seen = new Map<string, string>();
  for (const subset of subsets.items) {
    const name = subset.at('name');
    if (name.text !== undefined) {
      yield* subsetNameFaults(name, name.text);
      const first = seen.get(name.text);
      if (first === undefined) seen.set(name.text, name.path);
      else yield { code: 'FLO8018', path: name.path, message: `subset "${name.text}" is already at ${first}` };
    }
    yield* labelFaults(subset.at('labels'));
    yield* trafficPolicyFaults(subset.at('trafficPolicy'));
  }
}

const SETTINGS = ['loadBalancer', 'connectionPool', 'outlierDetection', 'tls'];
const POLICY = [...SETTINGS, 'portLevelSettings', 'tunnel', 'proxyProtocol', 'retryBudget'];

function* trafficPolicyFaults(policy: Field): Faults {
  if (!policy.given) return;
  if (policy.among(POLICY).length === 0)
    yield { code: 'FLO8070', path: policy.path, message: 'a traffic policy without any setting does nothing' };
  const tunnel = policy.at('tunnel');
  if (tunnel.given && policy.at('proxyProtocol').given)
    yield { code: 'FLO8071', path: tunnel.path, message: 'tunnel and proxyProtocol exclude one another' };
  yield* settingsFaults(policy);
  yield* tunnelFaults(tunnel);
  for (const settings of policy.at('portLevelSettings').items) yield* portSettingsFaults(settings);
}

function* portSettingsFaults(settings: Field): Faults {
  if (!settings.at('port').at('number').given)
    yield { code: 'FLO8083', path: settings.path, message: 'port settings need port.number' };
  if (settings.among(SETTINGS).length === 0)
    yield { code: 'FLO8083', path: settings.path, message: 'port settings without any setting do nothing' };
  yield* settingsFaults(settings);
}

function* settingsFaults(policy: Field): Faults {
  const detection = policy.at('outlierDetection');
  yield* outlierFaults(detection);
  yield* connectionPoolFaults(policy.at('connectionPool'));
  yield* loadBalancerFaults(policy.at('loadBalancer'), detection.given);
  yield* clientTlsFaults(policy.at('tls'));
}

function* outlierFaults(detection: Field): Faults {
  const errors = detection.at('consecutiveErrors');
  if ((errors.number ?? 0) !== 0)
    yield {
      code: 'FLO8019',
      path: errors.path,
      message: 'consecutiveErrors is deprecated',
      hint: 'use consecutive5xxErrors or consecutiveGatewayErrors',
    };
  const local = detection.at('consecutiveLocalOriginFailures');
  if ((local.number ?? 0) > 0 && !detection.at('splitExternalLocalOriginErrors').isTrue)
    yield {
      code: 'FLO8072',
      path: local.path,
      message: 'failures of this side are counted only with splitExternalLocalOriginErrors: true',
    };
  yield* durationsFaults(detection, ['interval', 'baseEjectionTime']);
}

function* tunnelFaults(tunnel: Field): Faults {
  if (!tunnel.given) return;
  const [protocol, host, port] = [tunnel.at('protocol'), tunnel.at('targetHost'), tunnel.at('targetPort')];
  if (!['', 'CONNECT', 'POST'].includes(protocol.text ?? ''))
    yield {
      code: 'FLO8071',
      path: protocol.path,
      message: `"${protocol.text}" makes no tunnel`,
      hint: 'write CONNECT or POST',
    };
  if (host.text !== undefined && nameProblem(host.text) !== undefined && !isIp(host.text))
    yield { code: 'FLO8071', path: host.path, message: `"${host.text}" is neither a name nor an address` };
  if (port.number !== undefined && !isPort(port.number))
    yield { code: 'FLO8008', path: port.path, message: `${port.number} is no port` };
}
