import { type FieldError, invalid, required } from '../../schema';
import { choice, duplicates, nameErrors, present } from './field-rules';
import { portErrors, portNameErrors } from './network-values';
import { type EnvironmentVariable, variableErrors } from './validate-environment';
import { handlerErrors, type Handlers, type Probe, probeErrors } from './validate-handler';
import { type Resources, resourceErrors } from './validate-resources';

interface ContainerPort {
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly name?: string;
  readonly protocol?: string;
}

interface VolumeMount {
  readonly name?: string;
  readonly mountPath?: string;
}

/** The parts of a container that are checked. */
export interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly imagePullPolicy?: string;
  readonly ports?: readonly ContainerPort[];
  readonly env?: readonly EnvironmentVariable[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly resources?: Resources;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly lifecycle?: { readonly postStart?: Handlers; readonly preStop?: Handlers };
}

/** What a container may refer to. */
export interface PodSurroundings {
  readonly volumes: readonly string[];
  readonly hostNetwork: boolean;
}

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** One container of a pod, or of a template. */
export function containerErrors(container: Container, field: string, pod: PodSurroundings): readonly FieldError[] {
  const { name, image, imagePullPolicy, ports = [], env = [], volumeMounts = [], resources, lifecycle } = container;
  return [
    ...nameErrors(name, `${field}.name`),
    ...present(image, `${field}.image`),
    ...choice(`${field}.imagePullPolicy`, imagePullPolicy, PULL_POLICIES),
    ...portsErrors(ports, `${field}.ports`, pod.hostNetwork),
    ...env.flatMap((variable, index) => variableErrors(variable, `${field}.env[${index}]`)),
    ...mountErrors(volumeMounts, `${field}.volumeMounts`, pod.volumes),
    ...resourceErrors(resources, `${field}.resources`),
    ...PROBES.flatMap((probe) => probeErrors(container[probe], `${field}.${probe}`, probe !== 'readinessProbe')),
    ...(['postStart', 'preStop'] as const).flatMap((hook) =>
      lifecycle?.[hook] === undefined ? [] : handlerErrors(lifecycle[hook], `${field}.lifecycle.${hook}`),
    ),
  ];
}

function portsErrors(ports: readonly ContainerPort[], field: string, hostNetwork: boolean): readonly FieldError[] {
  const mustMatch = 'must match `containerPort` when `hostNetwork` is true';
  return [
    ...ports.flatMap(({ containerPort, hostPort = 0, protocol, name = '' }, index) => {
      const place = `${field}[${index}]`;
      const other = hostNetwork && hostPort !== 0 && hostPort !== containerPort;
      return [
        ...((containerPort ?? 0) === 0
          ? [required(`${place}.containerPort`)]
          : portErrors(containerPort, `${place}.containerPort`)),
        ...(hostPort === 0 ? [] : portErrors(hostPort, `${place}.hostPort`)),
        ...(other ? [invalid(`${place}.hostPort`, hostPort, mustMatch)] : []),
        ...choice(`${place}.protocol`, protocol, PROTOCOLS),
        ...(name === '' ? [] : portNameErrors(name, `${place}.name`)),
      ];
    }),
    ...duplicates(
      ports.map(({ name = '' }) => name),
      (index) => `${field}[${index}].name`,
    ),
  ];
}

function mountErrors(mounts: readonly VolumeMount[], field: string, volumes: readonly string[]): readonly FieldError[] {
  const paths = mounts.map(({ mountPath = '' }) => mountPath);
  return mounts.flatMap(({ name = '', mountPath = '' }, index) => {
    const place = `${field}[${index}]`;
    const unknown: FieldError = {
      field: `${place}.name`,
      reason: 'FieldValueNotFound',
      detail: `Not found: ${JSON.stringify(name)}`,
    };
    const repeated = mountPath !== '' && paths.indexOf(mountPath) < index;
    return [
      ...(name === '' ? [required(`${place}.name`)] : []),
      ...(volumes.includes(name) ? [] : [unknown]),
      ...present(mountPath, `${place}.mountPath`),
      ...(repeated ? [invalid(`${place}.mountPath`, mountPath, 'must be unique')] : []),
    ];
  });
}
