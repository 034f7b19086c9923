import { jsonEqual } from '../../../kernel';
import { type KubeObject, parseApiVersion, type StructuralSchema } from '../../schema';
import { emptyBuiltIn } from '../schema';
import { ApplyError } from './apply-error';
import { allowedByLastApplied, refreshLastApplied } from './last-applied';
import { bareObject, withManagedFields } from './bare-object';
import { decodeManagedFields, type Owner, ownerIdentity, type Owners } from './managed-fields';
import { mergeValues } from './merge';
import { operationOf } from './operation-of';
import { ownUpdates } from './own-updates';
import {
  disownChanges,
  filteredChanges,
  findConflicts,
  type Operation,
  type OwnershipConflict,
  reconcileOwners,
  setOwned,
  withoutServerFields,
} from './ownership';
import { describePath } from './path-element';
import { pruneUnapplied } from './prune-unapplied';
import { objectShape } from './shape';
import { toFieldSet } from './to-field-set';
import { typedProblems } from './validate-typed';

/** One server-side apply. */
export interface ApplyRequest {
  /** The stored object; absent when the apply creates it. */
  readonly live?: KubeObject;
  /** What the manager wants: exactly the fields it means to own. */
  readonly applied: KubeObject;
  /** `fieldManager` of the request. */
  readonly manager: string;
  readonly force: boolean;
  /** Schema of the whole object at the request's version. */
  readonly schema: StructuralSchema;
  readonly nowRfc3339: string;
  /** Empty for the main resource, else `status`, `scale`… */
  readonly subresource?: string;
  readonly apiVersion: string;
  /** Is status a subresource of its own? By default when the schema has a status. */
  readonly statusSubresource?: boolean;
}

/** One field that the apply would take from another manager. */
export interface ApplyConflict {
  readonly manager: string;
  /** `.spec.ports[name="http"].port` */
  readonly field: string;
  /** `conflict with "kubectl" using v1`, the cause's message in the Status object. */
  readonly message: string;
}

/** The object to store, not yet defaulted, or who stands in the way. */
export type ApplyResult =
  | { readonly kind: 'ok'; readonly object: KubeObject }
  | {
      readonly kind: 'conflict';
      readonly conflicts: readonly ApplyConflict[];
      /** The Status object's message: `Apply failed with 1 conflict: …`. */
      readonly message: string;
    };

/**
 * Server-side apply (https://kubernetes.io/docs/reference/using-api/server-side-apply/): merges what a manager applies
 * into the live object, removes what it applied before and no longer does, and keeps `metadata.managedFields`.
 * @throws ApplyError FLO2301 when the request is malformed, FLO2302 when it does not fit the schema, FLO2303 when the
 * live object's managedFields cannot be read.
 */
export function applyServerSide(request: ApplyRequest): ApplyResult {
  checkRequest(request);
  const operation = operationOf(request, 'Apply');
  const live = request.live === undefined ? {} : bareObject(request.live);
  const owners = ownersBefore(request, live, operation);
  const outcome = applyOnce(request, live, owners, operation, request.force);
  if ('object' in outcome) return finish(request, outcome);
  const allowed = allowedByLastApplied(request, live, operation.shape);
  if (allowed === undefined) return conflictResult(outcome.conflicts);
  const remaining = outcome.conflicts.filter(({ path }) => !allowed.has(path));
  if (remaining.length > 0) return conflictResult(remaining);
  const forced = applyOnce(request, live, owners, operation, true);
  return 'object' in forced ? finish(request, forced) : conflictResult(forced.conflicts);
}

function checkRequest({ applied, apiVersion, live, schema }: ApplyRequest): void {
  if (applied.apiVersion !== apiVersion || (live !== undefined && applied.kind !== live.kind)) {
    throw new ApplyError(
      `invalid object type: ${describeKind(applied)}`,
      'BadRequest',
      'FLO2301',
      'send the apply to the endpoint of the version and kind that the patch names',
    );
  }
  if (applied.metadata?.managedFields !== undefined && applied.metadata.managedFields !== null) {
    throw new ApplyError(
      'metadata.managedFields must be nil',
      'BadRequest',
      'FLO2301',
      'leave managedFields out of what you apply; the server keeps them',
    );
  }
  const problems = typedProblems(applied, objectShape(schema));
  if (problems.length === 0) return;
  const text = problems.length === 1 ? problems.join() : ['errors:', ...problems.map((line) => `  ${line}`)].join('\n');
  throw new ApplyError(
    `failed to create typed patch object (${describeObject(applied)}): ${text}`,
    'InternalError',
    'FLO2302',
    'correct the named fields',
  );
}

function describeObject(object: KubeObject): string {
  const { namespace = '', name } = object.metadata;
  return `${namespace}/${name}; ${describeKind(object)}`;
}

function describeKind({ apiVersion = '', kind = '' }: Partial<KubeObject>): string {
  const { group, version } = parseApiVersion(apiVersion);
  return `${group}/${version}, Kind=${kind}`;
}

/** An object that nobody tracked yet is owned by `before-first-apply`, so that the first apply conflicts where it differs. */
function ownersBefore(request: ApplyRequest, live: object, operation: Operation): Owners {
  const owners = readOwners(request.live);
  if (owners.size > 0) return owners;
  const actor = { ...operation.actor, manager: 'before-first-apply', operation: 'Update' } as const;
  return ownUpdates(emptyBuiltIn(request.schema) ?? {}, live, owners, { ...operation, actor });
}

function readOwners(live: KubeObject | undefined): Owners {
  try {
    return decodeManagedFields(live?.metadata.managedFields);
  } catch (cause) {
    throw new ApplyError(
      `failed to decode managed fields: ${cause instanceof Error ? cause.message : String(cause)}`,
      'InternalError',
      'FLO2303',
      'reset them by an update that sets metadata.managedFields to [{}]',
    );
  }
}

interface Applied {
  readonly object: unknown;
  readonly owners: Owners;
}

function applyOnce(
  request: ApplyRequest,
  live: object,
  before: Owners,
  operation: Operation,
  force: boolean,
): Applied | { readonly conflicts: readonly OwnershipConflict[] } {
  const { shape, filter } = operation;
  const identity = ownerIdentity(operation.actor);
  const owners = reconcileOwners(before, shape);
  const last: Owner | undefined = owners.get(identity);
  const set = filter(toFieldSet(request.applied, shape));
  // The pruning sees the whole applied set, with the fields that belong to the server.
  owners.set(identity, { ...operation.actor, set, time: last?.time });
  const merged = mergeValues(live, request.applied, shape);
  const object = pruneUnapplied(merged, last?.set, owners, shape);
  const changes = filteredChanges(live, object, operation);
  const conflicts = force ? [] : findConflicts(owners, changes, identity);
  if (conflicts.length > 0) return { conflicts };
  disownChanges(owners, changes, identity);
  const time = jsonEqual(live, object) ? last?.time : operation.nowRfc3339;
  setOwned(owners, operation, withoutServerFields(set), time);
  return { object, owners };
}

function finish(request: ApplyRequest, { object, owners }: Applied): ApplyResult {
  const result = withManagedFields(object as KubeObject, owners, request.live);
  return { kind: 'ok', object: refreshLastApplied(request, result) };
}

function conflictResult(found: readonly OwnershipConflict[]): ApplyResult {
  const conflicts = found.map(({ owner, path }) => ({
    manager: owner.manager,
    field: describePath(path),
    message: `conflict with ${describeOwner(owner)}`,
  }));
  return { kind: 'conflict', conflicts, message: conflictMessage(conflicts) };
}

function describeOwner({ manager, operation, apiVersion, subresource }: Owner): string {
  const name = JSON.stringify(manager) + (subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`);
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

function conflictMessage(conflicts: readonly ApplyConflict[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: ${first.message}: ${first.field}`;
  }
  const groups = new Map<string, string[]>();
  for (const { message, field } of conflicts) {
    const title = `${message.replace(/^conflict/, 'conflicts')}:`;
    groups.set(title, [...(groups.get(title) ?? []), `- ${field}`]);
  }
  const lines = [...groups].flatMap(([title, fields]) => [title, ...fields]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}
