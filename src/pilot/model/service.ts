import type { Endpoint } from './endpoint';
import type { Protocol } from './protocol';
import type { Visibility } from './visibility';

/** Where a service's addresses come from when a request is sent. */
export type Resolution = 'Endpoints' | 'Dns' | 'DnsRoundRobin' | 'DynamicDns' | 'Passthrough' | 'Alias';

/** One port of a service. */
export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly protocol: Protocol;
}

/** Something that is meant to serve and does not. */
export type UnreadyEndpoint = Pick<Endpoint, 'address' | 'locality' | 'labels'>;

/** A host that proxies can call: a Kubernetes Service of any number of clusters, or one host of a ServiceEntry. */
export interface MeshService {
  readonly hostname: string;
  /** The Service's name; for a ServiceEntry the host. */
  readonly name: string;
  readonly namespace: string;
  readonly registry: 'Kubernetes' | 'ServiceEntry';
  readonly ports: readonly ServicePort[];
  readonly resolution: Resolution;
  readonly meshExternal: boolean;
  readonly visibility: Visibility;
  /** Virtual addresses by cluster; a ServiceEntry has the same in all, under ''. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  readonly createdAt: string;
  readonly subjectAltNames: readonly string[];
  /** Endpoints by service port. */
  readonly endpoints: ReadonlyMap<number, readonly Endpoint[]>;
  /** Whether anything is known of its endpoints: false for a Service of which no EndpointSlice speaks. */
  readonly endpointsKnown: boolean;
  /** What would be endpoints of a port if it were ready: what the ready ones are measured against. Worked out when it is asked for. */
  readonly unready: (port: number) => readonly UnreadyEndpoint[];
  /** The pod selector of a Service, or the workload selector of a ServiceEntry. */
  readonly selector?: Readonly<Record<string, string>>;
  /** Where an ExternalName Service points. */
  readonly externalName?: string;
  /** Clusters whose Service of this name stands behind it, the first of which gives the ports. */
  readonly clusters: readonly string[];
  /** spec.trafficDistribution of the Service. */
  readonly trafficDistribution?: string;
  /** Target port (number, or name of a container port) by service port, for the proxies that stand behind the service. */
  readonly targetPorts: ReadonlyMap<number, number | string>;
}

/** Works an answer out once per port. */
export function rememberedByPort<T>(answer: (port: number) => T): (port: number) => T {
  const known = new Map<number, T>();
  return (port) => {
    const found = known.get(port) ?? answer(port);
    known.set(port, found);
    return found;
  };
}

/** Whether the Service is headless (clusterIP: None). */
export function isHeadless({ registry, resolution }: MeshService): boolean {
  return registry === 'Kubernetes' && resolution === 'Passthrough';
}

/** The virtual addresses as a proxy of `cluster` sees them. */
export function addressesIn(service: MeshService, cluster: string): readonly string[] {
  return service.addresses.get(cluster) ?? service.addresses.get('') ?? service.addresses.values().next().value ?? [];
}

/** The port with this number. */
export function portOf(service: MeshService, port: number): ServicePort | undefined {
  return service.ports.find((candidate) => candidate.port === port);
}
