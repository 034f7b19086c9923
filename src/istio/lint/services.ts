import type { Field } from '../findings';
import { annotationOf, isExportedTo, labelledLike, type LintObject, type LintWorld, selects } from './lint-world';

/** One port of a service. */
export interface ServicePort {
  readonly name: string;
  readonly number: number | undefined;
  readonly protocol: string;
  readonly field: Field;
}

/** A host that calls can go to: a Kubernetes Service, or a ServiceEntry with one of its hosts. */
export interface MeshService {
  readonly host: string;
  readonly object: LintObject;
  readonly ports: readonly ServicePort[];
  readonly isExportedTo: (namespace: string) => boolean;
}

const EXPORT_ANNOTATION = 'networking.istio.io/exportTo';

const known = new WeakMap<LintWorld, MeshService[]>();

/** Every service of a world. */
export function servicesOf(world: LintWorld): readonly MeshService[] {
  const services = known.get(world) ?? [
    ...world.of('Service').map(kubernetesService),
    ...world.of('ServiceEntry').flatMap(serviceEntries),
  ];
  known.set(world, services);
  return services;
}

function kubernetesService(object: LintObject): MeshService {
  const exported = (annotationOf(object, EXPORT_ANNOTATION) ?? '').split(',').filter((text) => text !== '');
  return {
    host: `${object.name}.${object.namespace}.svc.cluster.local`,
    object,
    ports: portsOf(object, 'port'),
    isExportedTo: (namespace) => isExportedTo(exported, object.namespace, namespace),
  };
}

function serviceEntries(object: LintObject): MeshService[] {
  const exported = object.spec.at('exportTo').texts.map(({ text }) => text);
  const ports = portsOf(object, 'number');
  return object.spec.at('hosts').texts.map(({ text }) => ({
    ...{ host: text, object, ports },
    isExportedTo: (namespace) => isExportedTo(exported, object.namespace, namespace),
  }));
}

function portsOf({ spec }: LintObject, numberField: 'port' | 'number'): ServicePort[] {
  return spec.at('ports').items.map((field) => ({
    name: field.at('name').text ?? '',
    number: field.at(numberField).number,
    protocol: field.at(numberField === 'port' ? 'appProtocol' : 'protocol').text ?? '',
    field,
  }));
}

/** One endpoint that is known by its object: in the list of a ServiceEntry, or a WorkloadEntry that it selects. */
export interface KnownEndpoint {
  readonly object: LintObject;
  readonly field: Field;
  readonly address: string;
  readonly locality: string;
  readonly weight: number | undefined;
}

/** The endpoints of a ServiceEntry, as far as objects tell. */
export function endpointsOf(entry: LintObject, world: LintWorld): KnownEndpoint[] {
  const listed = entry.spec.at('endpoints').items.map((field) => endpoint(entry, field));
  const selector = entry.spec.at('workloadSelector').at('labels').labels;
  if (Object.keys(selector).length === 0) return listed;
  const labelsOf = ({ spec }: LintObject): Readonly<Record<string, string>> => spec.at('labels').labels;
  const like = labelledLike(selector, { kind: 'WorkloadEntry', namespace: entry.namespace, world, labelsOf });
  const selected = like.filter((workload) => selects(selector, labelsOf(workload)));
  return [...listed, ...selected.map((workload) => endpoint(workload, workload.spec))];
}

function endpoint(object: LintObject, field: Field): KnownEndpoint {
  return {
    ...{ object, field },
    address: field.at('address').text ?? '',
    locality: field.at('locality').text ?? '',
    weight: field.at('weight').number,
  };
}
