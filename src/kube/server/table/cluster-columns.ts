import type { KubeObject } from '../../schema';
import { ageColumn, type Column, column, nameColumn, textColumn, wideColumn } from './column';
import { humanDuration, timeSince } from './human-duration';
import { defaultMark } from './network-columns';
import { firstText, readField, readList, readMap, readNumber, readText } from './read-field';

/** Columns of a Namespace. */
export const namespaceColumns: readonly Column[] = [nameColumn, textColumn('Status', 'status', 'phase'), ageColumn];

/** Columns of a kind that shows nothing but its name and age. */
export const plainColumns: readonly Column[] = [nameColumn, ageColumn];

function addressOf({ status }: KubeObject, type: string): string {
  const address = readList(status, 'addresses').find((one) => readText(one, 'type') === type);
  return address === undefined ? '<none>' : readText(address, 'address');
}

/** Columns of a Node. */
export const nodeColumns: readonly Column[] = [
  nameColumn,
  column('Status', nodeStatus),
  column('Roles', nodeRoles),
  ageColumn,
  textColumn('Version', 'status', 'nodeInfo', 'kubeletVersion'),
  wideColumn('Internal-IP', (node) => addressOf(node, 'InternalIP')),
  wideColumn('External-IP', (node) => addressOf(node, 'ExternalIP')),
  wideColumn('OS-Image', ({ status }) => firstText(readText(status, 'nodeInfo', 'osImage'), '<unknown>')),
  wideColumn('Kernel-Version', kernelText),
  wideColumn('Container-Runtime', ({ status }) =>
    firstText(readText(status, 'nodeInfo', 'containerRuntimeVersion'), '<unknown>'),
  ),
];

function kernelText({ status }: KubeObject): string {
  const kernel = firstText(readText(status, 'nodeInfo', 'kernelVersion'), '<unknown>');
  const architecture = readText(status, 'nodeInfo', 'architecture');
  return architecture === '' ? kernel : `${kernel} (${architecture})`;
}

function nodeStatus({ spec, status }: KubeObject): string {
  const ready = readList(status, 'conditions').find((condition) => readText(condition, 'type') === 'Ready');
  const state = ready === undefined ? 'Unknown' : readText(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return readField(spec, 'unschedulable') === true ? `${state},SchedulingDisabled` : state;
}

function nodeRoles({ metadata }: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(prefix)) return key.length > prefix.length ? [key.slice(prefix.length)] : [];
    return key === 'kubernetes.io/role' && value !== '' ? [value] : [];
  });
  return firstText([...new Set(roles)].sort().join(','), '<none>');
}

function size(...fields: readonly string[]): (object: KubeObject) => number {
  return (object) => fields.reduce((sum, field) => sum + Object.keys(readMap(object, field)).length, 0);
}

/** Columns of a Secret. */
export const secretColumns: readonly Column[] = [
  nameColumn,
  textColumn('Type', 'type'),
  column('Data', size('data')),
  ageColumn,
];

/** Columns of a ConfigMap. */
export const configMapColumns: readonly Column[] = [nameColumn, column('Data', size('data', 'binaryData')), ageColumn];

/** Columns of a Lease. */
export const leaseColumns: readonly Column[] = [nameColumn, textColumn('Holder', 'spec', 'holderIdentity'), ageColumn];

/** Columns of an Event of the core group or of events.k8s.io. */
export const eventColumns: readonly Column[] = [
  column('Last Seen', lastSeen),
  textColumn('Type', 'type'),
  textColumn('Reason', 'reason'),
  column('Object', targetText),
  wideColumn('Subobject', (event) => readText(subject(event), 'fieldPath')),
  wideColumn('Source', sourceText),
  column('Message', (event) => firstText(readText(event, 'message'), readText(event, 'note')).trim()),
  wideColumn('First Seen', firstSeen),
  wideColumn('Count', (event) => eventCount(event)),
  { ...nameColumn, priority: 1 },
];

function subject(event: KubeObject): unknown {
  return event.involvedObject ?? event.regarding;
}

function targetText(event: KubeObject): string {
  const kind = readText(subject(event), 'kind').toLowerCase();
  const name = readText(subject(event), 'name');
  return name === '' ? kind : `${kind}/${name}`;
}

function firstSeen(event: KubeObject, nowMs: number): string {
  const time = firstText(
    readText(event, 'firstTimestamp'),
    readText(event, 'deprecatedFirstTimestamp'),
    readText(event, 'eventTime'),
  );
  return timeSince(time, nowMs);
}

function lastSeen(event: KubeObject, nowMs: number): string {
  if (event.series !== undefined) return timeSince(readText(event, 'series', 'lastObservedTime'), nowMs);
  const time = firstText(readText(event, 'lastTimestamp'), readText(event, 'deprecatedLastTimestamp'));
  return time === '' ? firstSeen(event, nowMs) : timeSince(time, nowMs);
}

function eventCount(event: KubeObject): number {
  if (event.series !== undefined) return readNumber(event, 'series', 'count');
  const count = readNumber(event, 'count') + readNumber(event, 'deprecatedCount');
  return count === 0 ? 1 : count;
}

function sourceText(event: KubeObject): string {
  const source = event.source ?? event.deprecatedSource;
  const component = firstText(
    readText(source, 'component'),
    readText(event, 'reportingComponent'),
    readText(event, 'reportingController'),
  );
  const instance = firstText(readText(source, 'host'), readText(event, 'reportingInstance'));
  return instance === '' ? component : `${component}, ${instance}`;
}

function subjectsOf(object: KubeObject, kind: string): string {
  return readList(object, 'subjects')
    .filter((one) => readText(one, 'kind') === kind)
    .map((one) =>
      kind === 'ServiceAccount' ? `${readText(one, 'namespace')}/${readText(one, 'name')}` : readText(one, 'name'),
    )
    .join(', ');
}

/** Columns of a RoleBinding or ClusterRoleBinding. */
export const bindingColumns: readonly Column[] = [
  nameColumn,
  column('Role', ({ roleRef }) => `${readText(roleRef, 'kind')}/${readText(roleRef, 'name')}`),
  ageColumn,
  wideColumn('Users', (binding) => subjectsOf(binding, 'User')),
  wideColumn('Groups', (binding) => subjectsOf(binding, 'Group')),
  wideColumn('ServiceAccounts', (binding) => subjectsOf(binding, 'ServiceAccount')),
];

/** Columns of a webhook configuration. */
export const webhookColumns: readonly Column[] = [
  nameColumn,
  column('Webhooks', (object) => readList(object, 'webhooks').length, 'integer'),
  ageColumn,
];

/** Columns of an APIService. */
export const apiServiceColumns: readonly Column[] = [
  nameColumn,
  column('Service', ({ spec }) =>
    readField(spec, 'service') === undefined
      ? 'Local'
      : `${readText(spec, 'service', 'namespace')}/${readText(spec, 'service', 'name')}`,
  ),
  column('Available', ({ status }) => {
    const available = readList(status, 'conditions').find((one) => readText(one, 'type') === 'Available');
    if (available === undefined) return 'Unknown';
    const state = readText(available, 'status');
    return state === 'True' ? state : `${state} (${readText(available, 'reason')})`;
  }),
  ageColumn,
];

/** Columns of a PriorityClass. */
export const priorityClassColumns: readonly Column[] = [
  nameColumn,
  column('Value', ({ value }) => (typeof value === 'number' ? value : 0), 'integer'),
  column('Global-Default', ({ globalDefault }) => globalDefault === true, 'boolean'),
  ageColumn,
  column('PreemptionPolicy', ({ preemptionPolicy }) => (typeof preemptionPolicy === 'string' ? preemptionPolicy : '')),
];

/** Columns of a StorageClass. */
export const storageClassColumns: readonly Column[] = [
  {
    ...nameColumn,
    cell: ({ metadata }) =>
      metadata.name + defaultMark(metadata.annotations?.['storageclass.kubernetes.io/is-default-class']),
  },
  textColumn('Provisioner', 'provisioner'),
  column('ReclaimPolicy', (object) => firstText(readText(object, 'reclaimPolicy'), 'Delete')),
  column('VolumeBindingMode', (object) => firstText(readText(object, 'volumeBindingMode'), 'Immediate')),
  column('AllowVolumeExpansion', ({ allowVolumeExpansion }) => allowVolumeExpansion === true),
  ageColumn,
];

const ACCESS_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function accessModes(modes: readonly unknown[]): string {
  return Object.keys(ACCESS_MODES)
    .filter((mode) => modes.includes(mode))
    .map((mode) => ACCESS_MODES[mode])
    .join(',');
}

function phaseText({ metadata, status }: KubeObject): string {
  return metadata.deletionTimestamp === undefined ? readText(status, 'phase') : 'Terminating';
}

function unset(name: string, priority: number, ...path: readonly string[]): Column {
  const made = column(name, ({ spec }) => firstText(readText(spec, ...path), '<unset>'));
  return priority === 0 ? made : { ...made, priority };
}

/** Columns of a PersistentVolume. */
export const volumeColumns: readonly Column[] = [
  nameColumn,
  column('Capacity', ({ spec }) => firstText(readText(spec, 'capacity', 'storage'), '0')),
  column('Access Modes', ({ spec }) => accessModes(readList(spec, 'accessModes'))),
  textColumn('Reclaim Policy', 'spec', 'persistentVolumeReclaimPolicy'),
  column('Status', phaseText),
  column('Claim', ({ spec }) => {
    if (readField(spec, 'claimRef') === undefined) return '';
    return `${readText(spec, 'claimRef', 'namespace')}/${readText(spec, 'claimRef', 'name')}`;
  }),
  textColumn('StorageClass', 'spec', 'storageClassName'),
  unset('VolumeAttributesClass', 0, 'volumeAttributesClassName'),
  textColumn('Reason', 'status', 'reason'),
  ageColumn,
  unset('VolumeMode', 1, 'volumeMode'),
];

const bound = (spec: unknown): boolean => readText(spec, 'volumeName') !== '';

/** Columns of a PersistentVolumeClaim. */
export const volumeClaimColumns: readonly Column[] = [
  nameColumn,
  column('Status', phaseText),
  textColumn('Volume', 'spec', 'volumeName'),
  column('Capacity', ({ spec, status }) =>
    bound(spec) ? firstText(readText(status, 'capacity', 'storage'), '0') : '',
  ),
  column('Access Modes', ({ spec, status }) => (bound(spec) ? accessModes(readList(status, 'accessModes')) : '')),
  textColumn('StorageClass', 'spec', 'storageClassName'),
  unset('VolumeAttributesClass', 0, 'volumeAttributesClassName'),
  ageColumn,
  unset('VolumeMode', 1, 'volumeMode'),
];

function usageText({ status }: KubeObject, limits: boolean): string {
  return Object.keys(readMap(status, 'hard'))
    .sort()
    .filter((name) => name.startsWith('limits.') === limits)
    .map((name) => `${name}: ${firstText(readText(status, 'used', name), '0')}/${readText(status, 'hard', name)}`)
    .join(', ');
}

/** Columns of a ResourceQuota. */
export const resourceQuotaColumns: readonly Column[] = [
  nameColumn,
  column('Request', (quota) => usageText(quota, false)),
  column('Limit', (quota) => usageText(quota, true)),
  ageColumn,
];

/** Columns of a CertificateSigningRequest. */
export const signingRequestColumns: readonly Column[] = [
  nameColumn,
  ageColumn,
  column('SignerName', ({ spec }) => firstText(readText(spec, 'signerName'), '<none>')),
  textColumn('Requestor', 'spec', 'username'),
  column('RequestedDuration', ({ spec }) => {
    const seconds = readNumber(spec, 'expirationSeconds');
    return seconds === 0 ? '<none>' : humanDuration(seconds * 1000);
  }),
  column('Condition', signingState),
];

function signingState({ status }: KubeObject): string {
  const types = readList(status, 'conditions').map((condition) => readText(condition, 'type'));
  const decision = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending';
  const failed = types.includes('Failed') ? ',Failed' : '';
  return decision + failed + (readText(status, 'certificate') === '' ? '' : ',Issued');
}

/** Columns of a RuntimeClass. */
export const runtimeClassColumns: readonly Column[] = [nameColumn, textColumn('Handler', 'handler'), ageColumn];
