import {
  annotationKeyErrors,
  dnsLabelProblems,
  type FieldError,
  invalid,
  labelErrors,
  qualifiedNameProblems,
  required,
} from '../../schema';
import { type Container, containerErrors } from './validate-container';
import { choice, duplicates, nameErrors, present, subdomainErrors, textErrors } from './field-rules';
import { type Volume, volumeErrors } from './validate-volume';

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly effect?: string;
}

interface AffinityTerm {
  readonly topologyKey?: string;
}

interface PodAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly AffinityTerm[];
}

/** The parts of a PodSpec that are checked. */
export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly restartPolicy?: string;
  readonly dnsPolicy?: string;
  readonly dnsConfig?: { readonly nameservers?: readonly string[] };
  readonly activeDeadlineSeconds?: number;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly serviceAccountName?: string;
  readonly hostname?: string;
  readonly hostNetwork?: boolean;
  readonly tolerations?: readonly Toleration[];
  readonly securityContext?: { readonly runAsUser?: number; readonly runAsGroup?: number };
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: readonly unknown[] };
    };
    readonly podAffinity?: PodAffinity;
    readonly podAntiAffinity?: PodAffinity;
  };
}

/** A pod template as workloads carry it. */
export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: PodSpec;
}

type Check = (spec: PodSpec, field: string) => readonly FieldError[];

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const MAX_ID = 2_147_483_647;

/** What Kubernetes checks of a PodSpec and a schema cannot say; the part of it that people meet. */
export function validatePodSpec(spec: PodSpec | undefined, field: string): readonly FieldError[] {
  return CHECKS.flatMap((check) => check(spec ?? {}, field));
}

/** Of one volume by itself; one that has any cannot be mounted. */
function volumeProblems(volume: Volume, field: string): readonly FieldError[] {
  return [...nameErrors(volume.name, `${field}.name`), ...volumeErrors(volume, field)];
}

const containersErrors: Check = (
  { containers = [], initContainers = [], volumes = [], hostNetwork = false },
  field,
) => {
  const sound = volumes.filter((volume) => volumeProblems(volume, '').length === 0);
  const volumeNames = sound.map(({ name = '' }) => name);
  const all = [
    ...containers.map((container, index) => [container, `${field}.containers[${index}]`] as const),
    ...initContainers.map((container, index) => [container, `${field}.initContainers[${index}]`] as const),
  ];
  return [
    ...(containers.length === 0 ? [required(`${field}.containers`)] : []),
    ...all.flatMap(([container, place]) => containerErrors(container, place, { volumes: volumeNames, hostNetwork })),
    ...duplicates(
      all.map(([{ name = '' }]) => name),
      (index) => `${all[index]?.[1] ?? field}.name`,
    ),
  ];
};

const volumesErrors: Check = ({ volumes = [] }, field) => [
  ...volumes.flatMap((volume, index) => volumeProblems(volume, `${field}.volumes[${index}]`)),
  ...duplicates(
    volumes.map(({ name = '' }) => name),
    (index) => `${field}.volumes[${index}].name`,
  ),
];

const policyErrors: Check = ({ restartPolicy, dnsPolicy, dnsConfig, activeDeadlineSeconds: deadline }, field) => [
  ...choice(`${field}.restartPolicy`, restartPolicy, RESTART_POLICIES),
  ...choice(`${field}.dnsPolicy`, dnsPolicy, DNS_POLICIES),
  ...(dnsPolicy === 'None' && (dnsConfig?.nameservers ?? []).length === 0
    ? [required(`${field}.dnsConfig`, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    : []),
  ...(deadline !== undefined && (deadline < 1 || deadline > MAX_ID)
    ? [invalid(`${field}.activeDeadlineSeconds`, deadline, `must be between 1 and ${MAX_ID}, inclusive`)]
    : []),
];

const namesErrors: Check = ({ nodeSelector = {}, serviceAccountName, hostname = '' }, field) => [
  ...labelErrors(nodeSelector, `${field}.nodeSelector`),
  ...subdomainErrors(serviceAccountName, `${field}.serviceAccountName`),
  ...(hostname === '' ? [] : textErrors(hostname, `${field}.hostname`, dnsLabelProblems)),
];

const identityErrors: Check = ({ securityContext = {} }, field) =>
  (['runAsUser', 'runAsGroup'] as const).flatMap((name) => {
    const id = securityContext[name];
    if (id === undefined || (id >= 0 && id <= MAX_ID)) return [];
    return [invalid(`${field}.securityContext.${name}`, id, `must be between 0 and ${MAX_ID}, inclusive`)];
  });

const tolerationsErrors: Check = ({ tolerations = [] }, field) =>
  tolerations.flatMap(({ key = '', operator = '', effect }, index) => {
    const place = `${field}.tolerations[${index}]`;
    const any = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    return [
      ...(key === '' ? [] : textErrors(key, `${place}.key`, qualifiedNameProblems)),
      ...(key === '' && operator !== 'Exists' ? [invalid(`${place}.operator`, operator, any)] : []),
      ...choice(`${place}.effect`, effect, EFFECTS),
    ];
  });

const REQUIRED_TERMS = 'requiredDuringSchedulingIgnoredDuringExecution';

const affinityErrors: Check = ({ affinity = {} }, field) => {
  const node = affinity.nodeAffinity?.[REQUIRED_TERMS];
  const place = `${field}.affinity.nodeAffinity.${REQUIRED_TERMS}.nodeSelectorTerms`;
  return [
    ...(node !== undefined && (node.nodeSelectorTerms ?? []).length === 0
      ? [required(place, 'must have at least one node selector term')]
      : []),
    ...(['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) =>
      (affinity[kind]?.[REQUIRED_TERMS] ?? []).flatMap(({ topologyKey = '' }, index) => {
        const term = `${field}.affinity.${kind}.${REQUIRED_TERMS}[${index}].topologyKey`;
        const missing = present(topologyKey, term, 'can not be empty');
        return [...missing, ...textErrors(topologyKey, term, qualifiedNameProblems)];
      }),
    ),
  ];
};

const CHECKS: readonly Check[] = [
  volumesErrors,
  containersErrors,
  policyErrors,
  namesErrors,
  identityErrors,
  tolerationsErrors,
  affinityErrors,
];

/** Labels, annotations and spec of a template. */
export function validatePodTemplate(template: PodTemplate | undefined, field: string): readonly FieldError[] {
  const { labels = {}, annotations = {} } = template?.metadata ?? {};
  return [
    ...labelErrors(labels, `${field}.labels`),
    ...annotationKeyErrors(annotations, `${field}.annotations`),
    ...validatePodSpec(template?.spec, `${field}.spec`),
  ];
}
