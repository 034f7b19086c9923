import { entriesOf, fullHost, type LintWorld, type TrapFaults } from './lint-world';

/** Client TLS that is none of the mesh's, to workloads that take nothing else. */
export function* plaintextToStrict(world: LintWorld): TrapFaults {
  for (const rule of world.of('DestinationRule')) {
    const mode = rule.spec.at('trafficPolicy').at('tls').at('mode');
    if (!['DISABLE', 'SIMPLE', 'MUTUAL'].includes(mode.text ?? '')) continue;
    const namespace = namespaceOf(fullHost(rule.spec.at('host').text ?? '', rule.namespace), world);
    if (namespace === undefined || !isStrict(namespace, world)) continue;
    const message = `workloads in namespace ${namespace} take mesh certificates only (STRICT), and ${mode.text ?? ''} shows none: every connection is refused`;
    yield { code: 'FLO8540', object: rule, path: mode.path, message };
  }
}

/** The namespace in which a host's workloads are; unknown for hosts outside of the mesh. */
function namespaceOf(host: string, world: LintWorld): string | undefined {
  const [, kubernetes] = /^[^.]+\.([^.]+)\.svc\./.exec(host) ?? [];
  if (kubernetes !== undefined) return kubernetes;
  const entry = entriesOf(host, world).find(({ spec }) => spec.at('location').text === 'MESH_INTERNAL');
  return entry?.namespace;
}

function isStrict(namespace: string, world: LintWorld): boolean {
  const whole = world.of('PeerAuthentication').filter(({ spec }) => !spec.at('selector').given);
  const own = whole.find((one) => one.namespace === namespace);
  const mesh = whole.find((one) => one.namespace === (world.context.rootNamespace ?? 'istio-system'));
  const mode = own?.spec.at('mtls').at('mode').text ?? 'UNSET';
  return (mode === 'UNSET' ? mesh?.spec.at('mtls').at('mode').text : mode) === 'STRICT';
}

/** A policy that lets nobody in. */
export function* closedDoors(world: LintWorld): TrapFaults {
  for (const policy of world.of('AuthorizationPolicy')) {
    const action = policy.spec.at('action').text ?? 'ALLOW';
    if (action !== 'ALLOW' || policy.spec.at('rules').items.length > 0) continue;
    const everything = policy.spec.among(['selector', 'targetRef', 'targetRefs']).length === 0;
    const whose = everything ? `every workload of namespace ${policy.namespace}` : 'its workloads';
    const message = `an ALLOW policy without rules allows nothing: every request to ${whose} gets a 403`;
    yield { code: 'FLO8541', object: policy, path: 'spec', message };
  }
}
