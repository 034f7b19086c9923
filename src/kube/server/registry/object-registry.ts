import { randomUUID } from 'node:crypto';
import { formatTime, type Clock } from '../../../kernel';
import { apiVersionOf, type KubeObject } from '../../schema';
import { alreadyExists, ApiError, notFound } from '../api-error';
import { trackUpdate } from '../apply';
import type { ServedKind, StrategyContext } from '../resources/served-kind';
import { type Change, type ObjectKey, type ObjectStore, RevisionConflictError, type StoredObject } from '../storage';
import { checkObject, checkReadable, dropUnknownFields } from './check-fields';
import { generateName } from './generate-name';
import { type DeleteOptions, isReleased, planDeletion } from './plan-deletion';
import { fitToTarget, prepareCreate } from './prepare-create';
import { checkPreconditions, countGeneration, isUnchanged, keepOtherPart } from './prepare-update';
import type { Admission, AdmissionAttributes, Target, WriteOptions } from './write-request';

/** How often a write that pins no resourceVersion is computed anew when somebody else was faster. */
const MAX_ATTEMPTS = 10;

/** Computes the wanted object from the live one, both in the request's version. */
export type Transform = (live: KubeObject) => KubeObject | Promise<KubeObject>;

/** What an update came to. */
export interface UpdateResult {
  readonly object: KubeObject;
  /** The update freed an object that was being deleted, so it is gone. */
  readonly deleted: boolean;
}

/** What a deletion came to: the object that stays for now, or the last state of one that is gone. */
export interface DeleteResult {
  readonly object: KubeObject;
  readonly gone: boolean;
}

/** How a write treats `managedFields`. */
export interface WriteMode {
  /** They are set already, as server-side apply does, and stay. */
  readonly managed?: boolean;
}

/**
 * What creating, changing and deleting an object means, for every kind: prepare → default → admit → validate → store.
 * The HTTP handlers and the server's own controllers write through it alike.
 */
export class ObjectRegistry {
  constructor(
    private readonly store: ObjectStore,
    private readonly clock: Clock,
    private readonly admission: Admission,
    private readonly surroundings: Omit<StrategyContext, 'nowMs'>,
  ) {}

  /** The visible object in the kind's version. @throws ApiError 404 */
  get({ kind, namespace, name }: Target): KubeObject {
    const stored = this.store.get(keyOf(kind, namespace, name));
    if (stored === undefined) throw notFound(kind, name);
    return inVersion(kind, stored.parse());
  }

  /** @throws ApiError 400, 403, 404 (namespace), 409 (exists), 422 */
  async create(target: Target, body: KubeObject, options: WriteOptions, mode: WriteMode = {}): Promise<KubeObject> {
    const { kind, namespace } = target;
    if (kind.terminating === true) {
      throw new ApiError('MethodNotAllowed', 'create not allowed while custom resource definition is terminating', {});
    }
    checkReadable(kind, body);
    const fitted = dropUnknownFields(kind, fitToTarget(target, body), options);
    for (let attempt = 1; ; attempt += 1) {
      const identity = { uid: randomUUID(), nowMs: this.clock.nowMs(), name: generateName(kind, fitted) };
      const object = await this.prepareNew(target, prepareCreate(target, fitted, identity), options, mode);
      const key = keyOf(kind, namespace, object.metadata.name);
      try {
        return await this.commit(kind, { key, expectedRevision: 0, object }, options.dryRun);
      } catch (cause) {
        if (!(cause instanceof RevisionConflictError)) throw cause;
        const generated = fitted.metadata.name === '' && attempt < MAX_ATTEMPTS;
        if (!generated) throw alreadyExists(kind, object.metadata.name);
      }
    }
  }

  /**
   * Changes an object. A transform that pins the resourceVersion is tried once; another is tried again on the newer state.
   * @throws ApiError 400, 403, 404, 409, 422
   */
  async update(
    target: Target,
    transform: Transform,
    options: WriteOptions,
    mode: WriteMode = {},
  ): Promise<UpdateResult> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.updateOnce(target, transform, options, mode);
      } catch (cause) {
        if (!(cause instanceof RevisionConflictError)) throw cause;
        if (attempt === MAX_ATTEMPTS) throw new ApiError('Conflict', `too many writers of ${target.name} at once`);
      }
    }
  }

  /** @throws ApiError 404, 409 */
  async delete(target: Target, deletion: DeleteOptions, options: WriteOptions): Promise<DeleteResult> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.deleteOnce(target, deletion, options);
      } catch (cause) {
        if (!(cause instanceof RevisionConflictError) || attempt === MAX_ATTEMPTS) throw cause;
      }
    }
  }

  private async prepareNew(
    target: Target,
    object: KubeObject,
    options: WriteOptions,
    { managed = false }: WriteMode,
  ): Promise<KubeObject> {
    const { kind } = target;
    const defaulted = kind.schema.applyDefaults(object);
    const prepared = kind.strategy.prepareForCreate?.(defaulted, this.context()) ?? defaulted;
    const attributes = { target: { ...target, name: object.metadata.name }, operation: 'CREATE', options } as const;
    const admitted = await this.mutate({ ...attributes, object: prepared }, prepared);
    const tracked = managed ? admitted : this.track(target, admitted, options);
    checkObject(kind, tracked);
    await this.admission.validate({ ...attributes, object: tracked });
    return tracked;
  }

  private async updateOnce(
    target: Target,
    transform: Transform,
    options: WriteOptions,
    { managed = false }: WriteMode,
  ): Promise<UpdateResult> {
    const { kind } = target;
    const key = keyOf(kind, target.namespace, target.name);
    const head = this.store.head(key);
    if (head === undefined) throw notFound(kind, target.name);
    const live = inVersion(kind, head.parse());
    const wanted = await transform(live);
    checkReadable(kind, wanted);
    const fitted = fitToTarget(target, wanted);
    checkPreconditions(target, fitted, live);
    const next = await this.prepareChange(target, dropUnknownFields(kind, fitted, options), live, options, managed);
    if (isReleased(next)) {
      await this.commit(kind, { key, expectedRevision: head.revision }, options.dryRun);
      return { object: next, deleted: true };
    }
    if (isUnchanged(next, live)) return { object: live, deleted: false };
    const change = { key, expectedRevision: head.revision, object: next };
    return { object: await this.commit(kind, change, options.dryRun), deleted: false };
  }

  private async prepareChange(
    target: Target,
    wanted: KubeObject,
    live: KubeObject,
    options: WriteOptions,
    managed: boolean,
  ): Promise<KubeObject> {
    const { kind } = target;
    const kept = kind.schema.applyDefaults(keepOtherPart(target, wanted, live));
    const main = target.subresource === '';
    const prepared = (main ? kind.strategy.prepareForUpdate?.(kept, live, this.context()) : undefined) ?? kept;
    const counted = countGeneration(target, prepared, live);
    const attributes = { target, operation: 'UPDATE', options, live } as const;
    const admitted = await this.mutate({ ...attributes, object: counted }, counted);
    const tracked = managed && admitted === counted ? admitted : this.track(target, admitted, options, live);
    checkObject(kind, tracked, live);
    await this.admission.validate({ ...attributes, object: tracked });
    return tracked;
  }

  /** What admission makes of an object, completed again when it has changed it. */
  private async mutate(attributes: AdmissionAttributes, object: KubeObject): Promise<KubeObject> {
    const { kind } = attributes.target;
    const admitted = (await this.admission.mutate(attributes)) ?? object;
    return admitted === object ? object : kind.schema.applyDefaults(kind.schema.prune(admitted));
  }

  private async deleteOnce(target: Target, deletion: DeleteOptions, options: WriteOptions): Promise<DeleteResult> {
    const { kind, namespace, name } = target;
    const key = keyOf(kind, namespace, name);
    const head = this.store.head(key);
    if (head === undefined) throw notFound(kind, name);
    const live = inVersion(kind, head.parse());
    await this.admission.mutate({ target, operation: 'DELETE', options, live });
    await this.admission.validate({ target, operation: 'DELETE', options, live });
    const plan = planDeletion(kind, live, deletion, this.clock.nowMs());
    if (plan.kind === 'remove') {
      return { object: await this.commit(kind, { key, expectedRevision: head.revision }, options.dryRun), gone: true };
    }
    if (!plan.changed) return { object: live, gone: false };
    const change = { key, expectedRevision: head.revision, object: plan.object };
    return { object: await this.commit(kind, change, options.dryRun), gone: false };
  }

  private track(
    { kind, subresource }: Target,
    after: KubeObject,
    options: WriteOptions,
    before?: KubeObject,
  ): KubeObject {
    return trackUpdate({
      ...(before ? { before } : {}),
      after,
      manager: options.fieldManager,
      operation: 'Update',
      ...(subresource === '' ? {} : { subresource }),
      schema: kind.structural,
      nowRfc3339: formatTime(this.clock.nowMs()),
      apiVersion: apiVersionOf(kind),
    });
  }

  /** Stores unless it is a dry run. Answers in the request's version. */
  private async commit(
    kind: ServedKind,
    { key, expectedRevision, object }: Change,
    dryRun: boolean,
  ): Promise<KubeObject> {
    if (dryRun) return this.dryRun(key, expectedRevision, object ?? this.liveOf(kind, key));
    const stored = object === undefined ? {} : { object: toStorage(kind, object) };
    return inVersion(kind, (await this.store.commit({ key, expectedRevision, ...stored })).parse());
  }

  private liveOf(kind: ServedKind, key: ObjectKey): KubeObject | undefined {
    const head = this.store.head(key);
    return head && inVersion(kind, head.parse());
  }

  private dryRun(key: ObjectKey, expectedRevision: number, object: KubeObject | undefined): KubeObject {
    const found = this.store.head(key)?.revision ?? 0;
    if (found !== expectedRevision || object === undefined) throw new RevisionConflictError(key.name, found);
    return object;
  }

  private context(): StrategyContext {
    return { nowMs: this.clock.nowMs(), ...this.surroundings };
  }
}

/** Where an object of a kind is stored. */
export function keyOf({ resource, namespaced }: ServedKind, namespace: string, name: string): ObjectKey {
  return { resource, namespace: namespaced ? namespace : '', name };
}

/** A stored object in a version of its kind. */
export function inVersion(kind: ServedKind, object: KubeObject): KubeObject {
  if (kind.conversion !== undefined) return kind.conversion.fromStorage(object);
  const apiVersion = apiVersionOf(kind);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** An object of a version of its kind as it is stored. */
function toStorage(kind: ServedKind, object: KubeObject): KubeObject {
  if (kind.conversion !== undefined) return kind.conversion.toStorage(object);
  return { ...object, apiVersion: kind.storageApiVersion };
}

/** The stored object's JSON in a version of its kind. */
export function jsonInVersion(kind: ServedKind, stored: StoredObject): Buffer {
  if (kind.storageApiVersion === apiVersionOf(kind)) return stored.json;
  return Buffer.from(JSON.stringify(inVersion(kind, stored.parse())));
}
