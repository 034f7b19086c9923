import { isIp } from '../validation';
import { annotationOf, type LintObject, type LintWorld, selects, type TrapFaults } from './lint-world';
import { endpointsOf } from './services';

/** R7: a selected WorkloadEntry with a name, where only addresses are taken. */
export function* namedEndpoints(world: LintWorld): TrapFaults {
  for (const entry of world.of('ServiceEntry')) {
    if (entry.spec.at('resolution').text !== 'STATIC') continue;
    for (const { object, field, address } of endpointsOf(entry, world)) {
      if (object === entry || address === '' || isIp(address) || address.startsWith('unix://')) continue;
      const message = `ServiceEntry ${entry.name} has resolution STATIC, so the endpoint "${address}" is left out: only IP addresses count`;
      yield { code: 'FLO8507', object, path: field.at('address').path, message };
    }
  }
}

/** R8: a WorkloadGroup's probe that nobody runs for entries written by hand. */
export function* unrunProbes(world: LintWorld): TrapFaults {
  for (const group of world.of('WorkloadGroup')) {
    if (!group.spec.at('probe').given) continue;
    const labels = group.spec.at('metadata').at('labels').labels;
    const entry = world
      .of('WorkloadEntry')
      .find((one) => one.namespace === group.namespace && isHandWritten(one) && isLike(labels, one));
    if (entry === undefined) continue;
    const message = `the probe is run by agents of workloads that register themselves; WorkloadEntry ${entry.name} was written by hand and is never probed`;
    yield { code: 'FLO8508', object: group, path: group.spec.at('probe').path, message };
  }
}

function isHandWritten(entry: LintObject): boolean {
  return annotationOf(entry, 'istio.io/autoRegistrationGroup') === undefined;
}

function isLike(labels: Readonly<Record<string, string>>, { spec }: LintObject): boolean {
  return Object.keys(labels).length > 0 && selects(labels, spec.at('labels').labels);
}

const HEALTH_CHECKS = 'proxy.istio.io/health-checks-enabled';

/** R9: an entry that waits for a health condition which nobody writes. */
export function* unprovenHealth(world: LintWorld): TrapFaults {
  for (const entry of world.of('WorkloadEntry')) {
    if (annotationOf(entry, HEALTH_CHECKS) !== 'true') continue;
    const condition = entry.root
      .at('status')
      .at('conditions')
      .items.find((one) => one.at('type').text === 'Healthy');
    if (condition?.at('status').text === 'True') continue;
    const state = condition === undefined ? 'is missing' : `is ${condition.at('status').text ?? 'unknown'}`;
    const message = `with ${HEALTH_CHECKS} the entry counts only while its condition Healthy is True, and the condition ${state}`;
    yield { code: 'FLO8509', object: entry, path: `metadata.annotations["${HEALTH_CHECKS}"]`, message };
  }
}

/** R14: Istio objects where no primary reads them. */
export function* unreadObjects(world: LintWorld): TrapFaults {
  const remote = world.context.remoteClusters ?? [];
  const kinds = [
    'Gateway',
    'VirtualService',
    'DestinationRule',
    'ServiceEntry',
    'Sidecar',
    'PeerAuthentication',
    'AuthorizationPolicy',
    'RequestAuthentication',
    'Telemetry',
  ];
  for (const object of kinds.flatMap((kind) => world.of(kind))) {
    const cluster = annotationOf(object, 'federation.flotilla.dev/cluster');
    if (cluster === undefined || !remote.includes(cluster)) continue;
    const message = `nobody reads ${object.kind}s in ${cluster}: a primary reads its own cluster only`;
    yield { code: 'FLO8514', object, path: 'kind', message };
  }
}

/** R15: a host without a single endpoint. */
export function* emptyHosts(world: LintWorld): TrapFaults {
  for (const entry of world.of('ServiceEntry')) {
    if (entry.spec.at('resolution').text !== 'STATIC' || endpointsOf(entry, world).length > 0) continue;
    const selector = entry.spec.at('workloadSelector').at('labels').labels;
    const mayBePods =
      Object.keys(selector).length > 0 &&
      (world.context.complete !== true || somePods(selector, entry.namespace, world));
    if (mayBePods) continue;
    const message = 'nothing serves the host: no endpoint, no WorkloadEntry and no pod';
    yield { code: 'FLO8515', object: entry, path: entry.spec.path, message };
  }
}

function somePods(selector: Readonly<Record<string, string>>, namespace: string, world: LintWorld): boolean {
  const pods = world.of('Pod').map((pod) => ({ pod, labels: pod.root.at('metadata').at('labels').labels }));
  const templates = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].flatMap((kind) =>
    world.of(kind).map((pod) => ({ pod, labels: pod.spec.at('template').at('metadata').at('labels').labels })),
  );
  return [...pods, ...templates].some(({ pod, labels }) => pod.namespace === namespace && selects(selector, labels));
}

/** A WorkloadEntry that belongs to no service. */
export function* lonelyEntries(world: LintWorld): TrapFaults {
  const selectorsOf = (
    kind: string,
    selector: (object: LintObject) => Labels,
  ): ReadonlyMap<string, readonly LintObject[]> =>
    world.by(kind, 'selector', (object) => firstPair(object.namespace, selector(object)));
  const entrySelector = ({ spec }: LintObject): Labels => spec.at('workloadSelector').at('labels').labels;
  const serviceSelector = ({ spec }: LintObject): Labels => spec.at('selector').labels;
  const entries = selectorsOf('ServiceEntry', entrySelector);
  const services = selectorsOf('Service', serviceSelector);
  if (entries.size + services.size === 0 && world.context.complete !== true) return;
  for (const entry of world.of('WorkloadEntry')) {
    const labels = entry.spec.at('labels').labels;
    const pairs = Object.entries(labels).flatMap(([key, value]) => firstPair(entry.namespace, { [key]: value }));
    const isSelected = pairs.some(
      (pair) =>
        (entries.get(pair) ?? []).some((one) => selects(entrySelector(one), labels)) ||
        (services.get(pair) ?? []).some((one) => selects(serviceSelector(one), labels)),
    );
    if (isSelected) continue;
    const message = `no ServiceEntry and no Service of namespace ${entry.namespace} selects its labels, so it serves nothing`;
    yield { code: 'FLO8538', object: entry, path: entry.spec.at('labels').path, message };
  }
}

type Labels = Readonly<Record<string, string>>;

function firstPair(namespace: string, labels: Labels): string[] {
  const [first] = Object.entries(labels);
  return first === undefined ? [] : [JSON.stringify([namespace, ...first])];
}
