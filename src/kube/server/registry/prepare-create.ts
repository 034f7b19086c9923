import { formatTime } from '../../../kernel';
import { apiVersionOf, type KubeObject, type ObjectMeta } from '../../schema';
import { badRequest } from '../api-error';
import { builtInSchemas } from '../schema';
import type { Target } from './write-request';

/** What makes a new object one of its own. */
export interface Identity {
  readonly uid: string;
  readonly nowMs: number;
  /** The name, made from `generateName` when the object brings none. */
  readonly name: string;
}

/**
 * Checks that a body is an object of the requested kind and place, and fills in what the URL knows better.
 * @throws ApiError 400 when they contradict each other
 */
export function fitToTarget({ kind, namespace, name }: Target, sent: KubeObject): KubeObject {
  const body = typed(kind, sent);
  checkType(kind, body);
  const metadata = body.metadata as Partial<ObjectMeta> | undefined;
  if (typeof metadata !== 'object' || metadata === null) throw badRequest('metadata must be an object');
  const given = metadata.name ?? '';
  if (name !== '' && given !== '' && given !== name) {
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  }
  const { namespace: place = '', ...own } = metadata;
  // A namespace in an object of the whole cluster is dropped, as a kube-apiserver does.
  if (!kind.namespaced) return { ...body, metadata: { ...own, name: given || name } };
  if (place !== '' && place !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return { ...body, metadata: { ...metadata, name: given || name, namespace } };
}

/** Objects of built-in kinds may leave out what the path says already. */
function typed(kind: Target['kind'], sent: Partial<KubeObject>): KubeObject {
  const names = kind.custom ? { apiVersion: '', kind: '' } : { apiVersion: apiVersionOf(kind), kind: kind.kind };
  return { metadata: { name: '' }, ...names, ...sent };
}

function checkType(kind: Target['kind'], body: KubeObject): void {
  const expected = apiVersionOf(kind);
  if (body.apiVersion === expected && body.kind === kind.kind) return;
  if (!kind.custom) throw badRequest(wrongKind(kind.kind, body));
  const found = `${String(body.apiVersion)}, Kind=${String(body.kind)}`;
  throw badRequest(
    `the API version in the data (${found}) does not match the expected API version (${expected}, Kind=${kind.kind})`,
  );
}

function wrongKind(expected: string, { apiVersion, kind }: KubeObject): string {
  const version = JSON.stringify(apiVersion.slice(apiVersion.indexOf('/') + 1));
  return `${kind} in version ${version} cannot be handled as a ${expected}: ${conversionProblem(expected, apiVersion, kind)}`;
}

/** Why an object of another kind is none of the expected one: built-in kinds are Go types that must convert to one another. */
export function conversionProblem(expected: string, apiVersion: string, kind: string): string {
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  const known = builtInSchemas[`${apiVersion}/${kind}`] !== undefined;
  return known
    ? `converting (${version}.${kind}) to (core.${expected}): unknown conversion`
    : `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`;
}

/** A new object with the metadata that only the server gives, and without the status that only a controller gives. Pure. */
export function prepareCreate({ kind }: Target, object: KubeObject, identity: Identity): KubeObject {
  const {
    resourceVersion,
    deletionTimestamp: _time,
    selfLink: _link,
    ...given
  } = object.metadata as ObjectMeta & {
    selfLink?: string;
    deletionGracePeriodSeconds?: number;
  };
  const { deletionGracePeriodSeconds: _grace, ...metadata } = given;
  if (resourceVersion !== undefined && resourceVersion !== '') {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  const prepared = {
    ...object,
    metadata: {
      ...metadata,
      name: identity.name,
      uid: identity.uid,
      creationTimestamp: formatTime(identity.nowMs),
      ...(kind.strategy.generation ? { generation: 1 } : {}),
    },
  };
  return dropsStatus(kind) ? withoutStatus(prepared) : prepared;
}

function dropsStatus({ subresources, strategy }: Target['kind']): boolean {
  return subresources.status && strategy.keepsStatusOnCreate !== true;
}

/** The object without its status. */
export function withoutStatus({ status: _status, ...rest }: KubeObject): KubeObject {
  return rest;
}
