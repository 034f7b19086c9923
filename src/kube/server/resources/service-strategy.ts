import type { KubeObject } from '../../schema';
import type { BuiltInStrategy } from './served-kind';
import { validateService } from './validation/validate-service';

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly targetPort?: number | string;
}

/** The fields of a Service that its defaults depend on. */
interface ServiceSpec {
  readonly type?: string;
  readonly ports?: readonly ServicePort[];
  readonly externalTrafficPolicy?: string;
  readonly [field: string]: unknown;
}

/** Services: defaults that depend on other fields, cluster IPs and node ports. */
export const serviceStrategy: BuiltInStrategy = {
  prepareForCreate: (service, { services }) =>
    services.allocate(withDefaults({ ...service, status: { loadBalancer: {} } })),
  prepareForUpdate: (next, live, { services }) => services.allocate(withDefaults(next), live),
  validate: validateService,
};

function withDefaults(service: KubeObject): KubeObject {
  const spec = (service.spec ?? {}) as ServiceSpec;
  const type = spec.type ?? 'ClusterIP';
  const external = type === 'NodePort' || type === 'LoadBalancer';
  return {
    ...service,
    spec: {
      ...spec,
      ...(spec.ports ? { ports: spec.ports.map(withPortDefaults) } : {}),
      type,
      sessionAffinity: spec.sessionAffinity ?? 'None',
      ...(type === 'ExternalName' ? {} : { internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster' }),
      ...(external ? { externalTrafficPolicy: spec.externalTrafficPolicy ?? 'Cluster' } : {}),
      ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: spec.allocateLoadBalancerNodePorts ?? true } : {}),
    },
  };
}

function withPortDefaults(port: ServicePort): ServicePort {
  return { ...port, protocol: port.protocol ?? 'TCP', targetPort: port.targetPort ?? port.port };
}
