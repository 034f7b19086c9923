import type { Field } from '../findings';
import { localityCovers } from '../validation';
import {
  annotationOf,
  entriesOf,
  fullHost,
  type LintObject,
  type LintWorld,
  rulesOf,
  selects,
  type TrapFaults,
} from './lint-world';
import { destinationsOf } from './routes';
import { endpointsOf, type KnownEndpoint } from './services';

/** Zones without a share take over in the order that this annotation gives, where Flotilla's pilot serves the proxies. */
const FAILOVER_ORDER = 'federation.flotilla.dev/failover-order';

/** One traffic policy with a locality setting. */
interface LocalityPolicy {
  readonly rule: LintObject;
  readonly policy: Field;
  readonly setting: Field;
}

function localityPolicies(world: LintWorld): LocalityPolicy[] {
  return world.of('DestinationRule').flatMap((rule) => {
    const top = rule.spec.at('trafficPolicy');
    const policies = [
      top,
      ...top.at('portLevelSettings').items,
      ...rule.spec.at('subsets').items.map((subset) => subset.at('trafficPolicy')),
    ];
    return policies.flatMap((policy) => {
      const setting = policy.at('loadBalancer').at('localityLbSetting');
      return setting.given && setting.at('enabled').value !== false ? [{ rule, policy, setting }] : [];
    });
  });
}

/** R5: an endpoint whose locality no pattern of `to` takes. */
export function* unlistedLocalities(world: LintWorld): TrapFaults {
  for (const { rule, setting } of localityPolicies(world)) {
    const takesOver = annotationOf(rule, FAILOVER_ORDER) !== undefined && world.context.primary !== 'istiod';
    if (takesOver) continue;
    const known = [...new Set(endpointsFor(rule, world).map(({ locality }) => locality))].filter((text) => text !== '');
    for (const { to, from } of distributions(setting)) {
      const patterns = to.entries.map(([pattern]) => pattern);
      const unlisted = known.filter((locality) => !patterns.some((pattern) => localityCovers(pattern, locality)));
      if (unlisted.length === 0) continue;
      const message = `endpoints in ${unlisted.join(', ')} get nothing from ${from}, not even when all others are dead`;
      yield { code: 'FLO8505', object: rule, path: to.path, message };
    }
  }
}

/** A subset that leaves out every endpoint of a locality, on a route whose host is split by locality. */
export function* narrowedSubsets(world: LintWorld): TrapFaults {
  const split = new Set(localityPolicies(world).map(({ rule }) => rule));
  for (const { object, host, field } of world.of('VirtualService').flatMap(destinationsOf)) {
    const name = field.at('subset').text ?? '';
    for (const rule of rulesOf(host, world).filter((one) => name !== '' && split.has(one))) {
      const subset = rule.spec.at('subsets').items.find((one) => one.at('name').text === name);
      const left = subset === undefined ? [] : leftOut(subset.at('labels').labels, endpointsFor(rule, world));
      if (left.length === 0) continue;
      const message = `no endpoint in ${left.join(', ')} has the labels of subset "${name}": this route never goes there, not even when all others are dead`;
      yield { code: 'FLO8518', object, path: field.at('subset').path, message };
    }
  }
}

/** Localities none of whose endpoints have the labels. */
function leftOut(labels: Readonly<Record<string, string>>, endpoints: readonly KnownEndpoint[]): string[] {
  const localities = [...new Set(endpoints.map(({ locality }) => locality))].filter((text) => text !== '').sort();
  const isIn = ({ field }: KnownEndpoint): boolean => selects(labels, field.at('labels').labels);
  return localities.filter((place) => !endpoints.some((one) => one.locality === place && isIn(one)));
}

/** R6: a client's locality that no `from` matches. */
export function* uncoveredSources(world: LintWorld): TrapFaults {
  const { gateways = [], zones = [] } = world.context;
  const clients = [...new Set([...gateways.flatMap(({ locality }) => locality ?? []), ...zones])].filter(
    (text) => text !== '',
  );
  for (const { rule, setting } of localityPolicies(world)) {
    const sources = distributions(setting).map(({ from }) => from);
    if (sources.length === 0) continue;
    const left = clients.filter((locality) => !sources.some((from) => localityCovers(from, locality)));
    if (left.length === 0) continue;
    const message = `no from matches clients in ${left.join(', ')}: their requests are spread by the number of endpoints`;
    yield { code: 'FLO8506', object: rule, path: setting.at('distribute').path, message };
  }
}

/** R10: a locality policy that never notices a dead host, or stops noticing too soon. */
export function* ejectionTraps(world: LintWorld): TrapFaults {
  for (const { rule, policy, setting } of localityPolicies(world)) {
    const detection = policy.at('outlierDetection');
    if (!detection.given) {
      if (setting.at('distribute').items.length === 0) continue;
      const message = 'a locality policy without outlierDetection keeps sending its share to a zone that is dead';
      yield { code: 'FLO8510', object: rule, path: policy.path, message };
      continue;
    }
    const most = detection.at('maxEjectionPercent').number ?? 10;
    if (most >= 100) continue;
    const message = `at most ${most} % of the hosts are ever taken out, so a zone that is dead as a whole keeps most of its traffic`;
    yield { code: 'FLO8511', object: rule, path: detection.path, message };
  }
}

/** R11: weights of endpoints under a balancer that does not keep them. */
export function* endpointWeights(world: LintWorld): TrapFaults {
  for (const rule of world.of('DestinationRule')) {
    const balancer = rule.spec.at('trafficPolicy').at('loadBalancer');
    const simple = balancer.at('simple').text ?? 'LEAST_REQUEST';
    if (balancer.at('consistentHash').given || !['LEAST_REQUEST', 'LEAST_CONN', 'UNSPECIFIED'].includes(simple))
      continue;
    const weighted = endpointsFor(rule, world).find(({ weight }) => weight !== undefined);
    if (weighted === undefined) continue;
    const { object, address } = weighted;
    const endpoint = object.kind === 'WorkloadEntry' ? `WorkloadEntry ${object.name}` : `endpoint ${address}`;
    const message = `${endpoint} has a weight, and least-request balancing keeps to weights only roughly`;
    yield { code: 'FLO8512', object: rule, path: balancer.path, message };
  }
}

/** R12: the arithmetic by which Envoy leaves a priority. */
export function* gradualFailover(world: LintWorld): TrapFaults {
  for (const { rule, setting } of localityPolicies(world)) {
    if (setting.at('failover').items.length + setting.at('failoverPriority').items.length === 0) continue;
    const message =
      'traffic begins to leave a priority when fewer than 71.4 % of its hosts are healthy, in proportion, and not before';
    yield { code: 'FLO8513', object: rule, path: setting.path, message };
  }
}

/** An endpoint that says nothing about where it is, behind a rule that splits by place. */
export function* placelessEndpoints(world: LintWorld): TrapFaults {
  for (const { rule, setting } of localityPolicies(world)) {
    if (distributions(setting).length === 0) continue;
    for (const { object, field, address, locality } of endpointsFor(rule, world)) {
      if (locality !== '') continue;
      const message = `endpoint ${address} has no locality, and ${rule.kind} ${rule.name} splits by locality: it gets nothing`;
      yield { code: 'FLO8516', object, path: field.path, message };
    }
  }
}

/** R6, the other way round: gateways that do not know where they are. */
export function* placelessGateways(world: LintWorld): TrapFaults {
  const lost = (world.context.gateways ?? []).filter(({ locality }) => locality === '').map(({ name }) => name);
  const [first] = localityPolicies(world);
  if (lost.length === 0 || first === undefined) return;
  const message = `gateways ${lost.join(', ')} run on nodes without locality labels, so the split does not apply to them`;
  yield { code: 'FLO8517', object: first.rule, path: first.setting.path, message };
}

function distributions(setting: Field): { readonly from: string; readonly to: Field }[] {
  return setting.at('distribute').items.map((rule) => ({ from: rule.at('from').text ?? '', to: rule.at('to') }));
}

function endpointsFor(rule: LintObject, world: LintWorld): KnownEndpoint[] {
  const host = fullHost(rule.spec.at('host').text ?? '', rule.namespace);
  return entriesOf(host, world).flatMap((entry) => endpointsOf(entry, world));
}
