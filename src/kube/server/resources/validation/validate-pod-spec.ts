import { duplicate, type FieldError, invalid, labelErrors, notSupported, required } from '../../schema';

/** The parts of a PodSpec that are checked. */
export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly { readonly name?: string }[];
  readonly restartPolicy?: string;
  readonly dnsPolicy?: string;
  readonly terminationGracePeriodSeconds?: number;
}

/** The parts of a container that are checked. */
export interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly ports?: readonly { readonly containerPort?: number; readonly name?: string; readonly protocol?: string }[];
  readonly env?: readonly { readonly name?: string }[];
  readonly volumeMounts?: readonly { readonly name?: string; readonly mountPath?: string }[];
}

/** A pod template as workloads carry it. */
export interface PodTemplate {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: PodSpec;
}

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABEL_DETAIL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];

/** What Kubernetes checks of a PodSpec and a schema cannot say; the common part of it. */
export function validatePodSpec(spec: PodSpec | undefined, field: string): readonly FieldError[] {
  const { containers = [], initContainers = [], volumes = [], restartPolicy, dnsPolicy } = spec ?? {};
  const volumeNames = volumes.map(({ name = '' }) => name);
  const all = [
    ...containers.map((container, index) => [container, `${field}.containers[${index}]`] as const),
    ...initContainers.map((container, index) => [container, `${field}.initContainers[${index}]`] as const),
  ];
  return [
    ...(containers.length === 0 ? [required(`${field}.containers`)] : []),
    ...volumes.flatMap(({ name }, index) => nameErrors(name, `${field}.volumes[${index}].name`)),
    ...duplicates(volumeNames, (index) => `${field}.volumes[${index}].name`),
    ...all.flatMap(([container, place]) => containerErrors(container, place, volumeNames)),
    ...duplicates(
      all.map(([{ name = '' }]) => name),
      (index) => `${all[index]?.[1] ?? field}.name`,
    ),
    ...choice(`${field}.restartPolicy`, restartPolicy, RESTART_POLICIES),
    ...choice(`${field}.dnsPolicy`, dnsPolicy, DNS_POLICIES),
  ];
}

function containerErrors(container: Container, field: string, volumes: readonly string[]): readonly FieldError[] {
  const { name, image, imagePullPolicy, ports = [], env = [], volumeMounts = [] } = container;
  return [
    ...nameErrors(name, `${field}.name`),
    ...(image === undefined || image === '' ? [required(`${field}.image`)] : []),
    ...choice(`${field}.imagePullPolicy`, imagePullPolicy, PULL_POLICIES),
    ...ports.flatMap(({ containerPort, protocol }, index) => [
      ...portErrors(containerPort, `${field}.ports[${index}].containerPort`),
      ...choice(`${field}.ports[${index}].protocol`, protocol, PROTOCOLS),
    ]),
    ...env.flatMap(({ name: variable }, index) =>
      (variable ?? '') === '' ? [required(`${field}.env[${index}].name`)] : [],
    ),
    ...volumeMounts.flatMap(({ name: volume = '', mountPath }, index) => {
      const place = `${field}.volumeMounts[${index}]`;
      const unknown = volumes.includes(volume) ? [] : [notFound(`${place}.name`, volume)];
      return (mountPath ?? '') === '' ? [...unknown, required(`${place}.mountPath`)] : unknown;
    }),
  ];
}

function notFound(field: string, value: string): FieldError {
  return { field, reason: 'FieldValueNotFound', detail: `Not found: ${JSON.stringify(value)}` };
}

/** A value outside a fixed set. */
export function choice(field: string, value: string | undefined, allowed: readonly string[]): readonly FieldError[] {
  return value === undefined || allowed.includes(value) ? [] : [notSupported(field, value, [...allowed].sort())];
}

/** A name that must be there and be a DNS label. */
export function nameErrors(name: string | undefined, field: string): readonly FieldError[] {
  if (name === undefined || name === '') return [required(field)];
  return DNS_LABEL.test(name) ? [] : [invalid(field, name, LABEL_DETAIL)];
}

/** A port that must be one. */
export function portErrors(port: number | undefined, field: string): readonly FieldError[] {
  const value = port ?? 0;
  return value >= 1 && value <= 65_535 ? [] : [invalid(field, value, 'must be between 1 and 65535, inclusive')];
}

/** Values that appeared before; empty ones are somebody else's error. */
export function duplicates(values: readonly string[], fieldOf: (index: number) => string): readonly FieldError[] {
  return values.flatMap((value, index) =>
    value !== '' && values.indexOf(value) < index ? [duplicate(fieldOf(index), value)] : [],
  );
}

/** Labels and spec of a template. */
export function validatePodTemplate(template: PodTemplate | undefined, field: string): readonly FieldError[] {
  const labels = labelErrors(template?.metadata?.labels ?? {}, `${field}.metadata.labels`);
  return [...labels, ...validatePodSpec(template?.spec, `${field}.spec`)];
}
