import { formatTime, jsonEqual } from '../../../kernel';
import type { Bundle, MemberCluster, MemberClusterSpec } from '../../api';
import { mergeConditions, type ConditionParts } from '../../status';

/** Status of a MemberCluster. */
type MemberClusterStatus = NonNullable<MemberCluster['status']>;

/** How the hub stands with the gateway cluster of a member's zone. */
export interface ZoneContact {
  /** Why the zone cannot be read or written now; undefined when it can. */
  readonly held: string | undefined;
  /** Kubernetes version of the gateway cluster. */
  readonly version?: string | undefined;
  /** The member's copy in the gateway cluster. */
  readonly copy: MemberCluster | undefined;
  /** All bundles for this cluster. */
  readonly bundles: readonly Bundle[];
  /** How long the zone has owed a report on some bundle, in milliseconds; 0 when it owes none. */
  readonly laggingMs: number;
}

/** A zone that connects but reports nothing new for this long does not work, however alive it looks. */
const PROGRESS_LIMIT_MS = 60_000;

/** Last contact is written again only when it is this much newer, to spare the API server. */
const CONTACT_GRAIN_MS = 60_000;

/** The status of a member: conditions, facts from its zone as last seen, counts. Missing news leaves everything as it was. */
export function memberClusterStatus(member: MemberCluster, contact: ZoneContact, nowMs: number): MemberClusterStatus {
  const { metadata, status: old } = member;
  const generation = metadata.generation ?? 0;
  const { facts, version } = observed(member, contact);
  const conditions = [reachable(member, contact), synced(contact), identityTrusted(member, contact), ...told(contact)];
  const lastContact = contact.held === undefined ? contactTime(old?.lastContact, nowMs) : old?.lastContact;
  return {
    observedGeneration: generation,
    conditions: mergeConditions(old?.conditions, conditions, { generation, nowMs }),
    ...(lastContact === undefined ? {} : { lastContact }),
    ...(version === undefined ? {} : { version }),
    ...(facts === undefined ? {} : { facts }),
    counts: countsOf(contact.bundles),
  };
}

/** Conditions that only the zone can judge; the hub tells them as they stand in the copy. */
const ZONE_CONDITIONS: readonly string[] = ['GatewaysLocated', 'NodesInZone'];

function told({ copy }: ZoneContact): ConditionParts[] {
  const conditions = (copy?.status?.conditions ?? []).filter(({ type }) => ZONE_CONDITIONS.includes(type));
  return conditions.map(({ type, status, reason, message }) => ({ type, status, reason, message }));
}

function observed(
  { spec, status: old }: MemberCluster,
  { copy, version }: ZoneContact,
): Pick<MemberClusterStatus, 'facts' | 'version'> {
  const newest = spec?.role === 'Gateway' ? version : copy?.status?.version;
  return { facts: copy?.status?.facts ?? old?.facts, version: newest ?? old?.version };
}

/** The copy of a member that its zone reads: what concerns the zone, and the chains that the hub signed. */
export function memberClusterCopy(
  { spec }: { readonly spec: MemberClusterSpec },
  chains: Readonly<Record<string, string>>,
): MemberClusterSpec {
  const { apiServer: _apiServer, credentialsSecretRef: _reference, certificateChains: _chains, ...copied } = spec;
  return { ...copied, ...(Object.keys(chains).length === 0 ? {} : { certificateChains: { ...chains } }) };
}

/** Whether the copy in the gateway cluster has to be written. */
export function copyDiffers(wanted: MemberClusterSpec, copy: MemberCluster | undefined): boolean {
  return copy === undefined || !jsonEqual(wanted, copy.spec);
}

/** Whether a zone still owes a report on a bundle. */
export function isLagging({ metadata, spec, status }: Bundle): boolean {
  if (status === undefined) return true;
  if (status.observedGeneration !== undefined) return status.observedGeneration !== metadata.generation;
  return status.phase !== 'Failed' && status.appliedDigest !== spec?.digest;
}

function reachable({ spec }: MemberCluster, { held, copy }: ZoneContact): ConditionParts {
  const type = 'Reachable';
  if (held !== undefined) {
    const who = spec?.role === 'Gateway' ? '' : 'its gateway cluster cannot be reached: ';
    return {
      type,
      status: spec?.role === 'Gateway' ? 'False' : 'Unknown',
      reason: 'Unreachable',
      message: `${who}${held}`,
    };
  }
  if (spec?.role === 'Gateway')
    return { type, status: 'True', reason: 'Connected', message: 'the hub reads and writes it' };
  const told = copy?.status?.conditions?.find((condition) => condition.type === type);
  if (told === undefined)
    return { type, status: 'Unknown', reason: 'NotReported', message: 'its zone has not reported on it' };
  return { type, status: told.status, reason: told.reason, message: told.message };
}

function synced({ held, bundles, laggingMs }: ZoneContact): ConditionParts {
  const type = 'Synced';
  if (held !== undefined) return { type, status: 'Unknown', reason: 'Unreachable', message: 'no news from its zone' };
  const lagging = bundles.filter(isLagging).length;
  if (laggingMs > PROGRESS_LIMIT_MS) {
    const message = `its zone is connected, but owes a report on ${lagging} bundles for more than a minute`;
    return { type, status: 'False', reason: 'NoProgress', message };
  }
  if (lagging > 0)
    return { type, status: 'False', reason: 'Progressing', message: `${lagging} bundles are on their way` };
  return { type, status: 'True', reason: 'Synced', message: `the zone reported on all ${bundles.length} bundles` };
}

function identityTrusted({ spec }: MemberCluster, { copy }: ZoneContact): ConditionParts {
  const type = 'IdentityTrusted';
  if (spec?.role !== 'Gateway') {
    return {
      type,
      status: 'True',
      reason: 'ByZone',
      message: 'its identities are issued by the gateway cluster of its zone',
    };
  }
  const chains = copy?.spec?.certificateChains ?? {};
  const missing = spec.meshes.filter((mesh) => chains[mesh] === undefined);
  if (missing.length === 0)
    return { type, status: 'True', reason: 'Signed', message: 'its authority is signed by every mesh root' };
  const asked = missing.filter((mesh) => copy?.status?.certificateRequests?.[mesh] !== undefined);
  const reason = asked.length > 0 ? 'SigningPending' : 'NotRequested';
  return { type, status: 'False', reason, message: `no signed authority yet for mesh ${missing.join(', ')}` };
}

function countsOf(bundles: readonly Bundle[]): NonNullable<MemberClusterStatus['counts']> {
  const applied = bundles.filter(
    ({ spec, status }) => status?.phase === 'Applied' && status.appliedDigest === spec?.digest,
  );
  const failed = bundles.filter(({ status }) => status?.phase === 'Failed');
  return { bundles: bundles.length, applied: applied.length, failed: failed.length };
}

function contactTime(old: string | undefined, nowMs: number): string {
  return old !== undefined && nowMs - Date.parse(old) < CONTACT_GRAIN_MS ? old : formatTime(nowMs);
}
