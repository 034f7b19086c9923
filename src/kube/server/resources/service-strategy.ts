import { jsonEqual } from '../../../kernel';
import type { KubeObject } from '../../schema';
import type { BuiltInStrategy } from './served-kind';
import { validateService } from './validation/validate-service';

type Spec = Readonly<Record<string, unknown>>;

/** Services: cluster IPs and node ports, and what a change of type takes away. Defaults stand in the schema. */
export const serviceStrategy: BuiltInStrategy = {
  prepareForCreate: (service, { services }) => services.allocate({ ...service, status: { loadBalancer: {} } }),
  prepareForUpdate: (next, live, { services }) => services.allocate(withoutFormerType(next, live), live),
  validate: validateService,
};

const BALANCED = ['allocateLoadBalancerNodePorts', 'loadBalancerClass'];
const REACHED = ['externalTrafficPolicy', 'healthCheckNodePort'];
const ADDRESSED = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'];

/**
 * Fields that only the former type had go with it, unless the client changed them: whoever switches a Service from
 * LoadBalancer to ClusterIP need not know what the server had filled in.
 */
function withoutFormerType(next: KubeObject, live: KubeObject): KubeObject {
  const [spec, before] = [(next.spec ?? {}) as Spec, (live.spec ?? {}) as Spec];
  const lost = (had: (type: unknown) => boolean): boolean => had(before.type) && !had(spec.type);
  const dropped = [
    ...(lost(isBalanced) ? BALANCED : []),
    ...(lost(isReached) ? REACHED : []),
    ...(lost(isAddressed) ? ADDRESSED : []),
  ].filter((field) => jsonEqual(spec[field], before[field]));
  const kept = Object.fromEntries(Object.entries(spec).filter(([field]) => !dropped.includes(field)));
  return { ...next, spec: lost(isReached) ? withoutNodePorts(kept, before) : kept };
}

const isBalanced = (type: unknown): boolean => type === 'LoadBalancer';
const isReached = (type: unknown): boolean => type === 'LoadBalancer' || type === 'NodePort';
const isAddressed = (type: unknown): boolean => type !== 'ExternalName';

interface Port {
  readonly nodePort?: number;
}

function withoutNodePorts(spec: Spec, before: Spec): Spec {
  const former = ((before.ports ?? []) as readonly Port[]).map(({ nodePort }) => nodePort);
  const ports = ((spec.ports ?? []) as readonly Port[]).map(({ nodePort, ...port }) =>
    former.includes(nodePort) ? port : { ...port, nodePort },
  );
  return spec.ports === undefined ? spec : { ...spec, ports };
}
