import { jsonEqual } from '../../../kernel';
import type { KubeObject, ObjectMeta } from '../../schema';
import { conflict } from '../api-error';
import { invalid } from '../schema';
import { invalidObject } from './check-fields';
import { withoutStatus } from './prepare-create';
import type { Target } from './write-request';

/**
 * Refuses a write that was computed from another state or another object.
 * @throws ApiError 409 on a stale resourceVersion or a foreign uid
 */
export function checkPreconditions({ kind, name }: Target, next: KubeObject, live: KubeObject): void {
  const { resourceVersion, uid } = next.metadata;
  if (uid !== undefined && uid !== '' && uid !== live.metadata.uid) {
    throw conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${String(live.metadata.uid)}`,
    );
  }
  if (resourceVersion === undefined || resourceVersion === '') {
    if (kind.strategy.needsResourceVersion !== true) return;
    throw invalidObject(kind, name, [invalid('metadata.resourceVersion', 0, 'must be specified for an update')]);
  }
  if (!/^\d+$/.test(resourceVersion)) {
    throw invalidObject(kind, name, [
      invalid('metadata.resourceVersion', resourceVersion, 'must be an unsigned integer'),
    ]);
  }
  if (resourceVersion !== live.metadata.resourceVersion) throw conflict(kind, name);
}

/** The object that a write of the main resource or of its status leads to: each may change only its own part. Pure. */
export function keepOtherPart({ kind, subresource }: Target, next: KubeObject, live: KubeObject): KubeObject {
  const metadata = keepServerMetadata(next.metadata, live.metadata);
  if (subresource === 'status') {
    const kept = withoutStatus(live);
    return withStatus({ ...kept, metadata: { ...live.metadata, ...managedFieldsOf(next) } }, next.status);
  }
  if (subresource === 'finalize') return { ...live, spec: next.spec };
  if (!kind.subresources.status) return { ...next, metadata };
  return withStatus({ ...withoutStatus(next), metadata }, live.status);
}

function managedFieldsOf({ metadata: { managedFields } }: KubeObject): Pick<ObjectMeta, 'managedFields'> {
  return managedFields === undefined ? {} : { managedFields };
}

function withStatus(object: KubeObject, status: unknown): KubeObject {
  return status === undefined ? withoutStatus(object) : { ...object, status };
}

type ServerMetadata = ObjectMeta & { readonly deletionGracePeriodSeconds?: number; readonly selfLink?: string };

/** What the client sent, with every field that only the server sets taken from the live object. */
function keepServerMetadata(next: ObjectMeta, live: ServerMetadata): ObjectMeta {
  const {
    selfLink: _link,
    uid: _uid,
    creationTimestamp: _created,
    deletionTimestamp: _deleted,
    deletionGracePeriodSeconds: _grace,
    generation: _generation,
    resourceVersion: _version,
    ...own
  } = next as ServerMetadata;
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, resourceVersion } = live;
  return {
    ...own,
    name: live.name,
    ...(uid === undefined ? {} : { uid }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds }),
    ...(generation === undefined ? {} : { generation }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

/** `metadata.generation` plus one when anything but metadata and status has changed; Deployments count annotations too. Pure. */
export function countGeneration({ kind }: Target, next: KubeObject, live: KubeObject): KubeObject {
  if (
    !kind.strategy.generation ||
    !(intentChanged(kind.subresources.status, next, live) || annotationsCount(kind, next, live))
  )
    return next;
  return { ...next, metadata: { ...next.metadata, generation: (live.metadata.generation ?? 0) + 1 } };
}

function annotationsCount({ group, kind }: Target['kind'], next: KubeObject, live: KubeObject): boolean {
  const counts = group === 'apps' && kind === 'Deployment';
  return counts && !jsonEqual(next.metadata.annotations ?? {}, live.metadata.annotations ?? {});
}

function intentChanged(statusApart: boolean, next: KubeObject, live: KubeObject): boolean {
  const intentOf = (object: KubeObject): unknown => {
    const { metadata: _metadata, apiVersion: _apiVersion, ...rest } = statusApart ? withoutStatus(object) : object;
    return rest;
  };
  return !jsonEqual(intentOf(next), intentOf(live));
}

/** Whether a write changes nothing but bookkeeping, so that nothing is stored and no watch wakes. Pure. */
export function isUnchanged(next: KubeObject, live: KubeObject): boolean {
  return jsonEqual(comparable(next), comparable(live));
}

function comparable(object: KubeObject): unknown {
  const { resourceVersion: _version, managedFields, ...metadata } = object.metadata;
  const untimed = (managedFields ?? []).map((entry) => ({ ...(entry as object), time: undefined }));
  return { ...object, metadata: { ...metadata, managedFields: untimed } };
}
