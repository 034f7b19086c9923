import { badRequest, methodNotAllowed, pathNotFound } from '../api-error';
import type { ApiRequest, ApiResponse } from '../http/api-exchange';
import type { Target } from '../registry/write-request';
import type { ResourceRequest } from '../request/request-info';
import type { ResourceRegistry } from '../resources/resource-registry';
import type { ServedKind } from '../resources/served-kind';
import { evict } from './evict';
import { list } from './list';
import { getScale, patchScale, updateScale } from './scale-handlers';
import type { WatchContext } from './running-watch';
import { watch } from './watch';
import { create, get, patch, remove, removeCollection, type RestContext, update } from './write';

/** Everything that serving resources needs. */
export interface ResourceContext extends RestContext, WatchContext {
  readonly resources: ResourceRegistry;
}

type ResourceHandler = (
  request: ApiRequest,
  target: Target,
  context: ResourceContext,
) => Promise<ApiResponse> | ApiResponse;

const MAIN: Readonly<Record<string, ResourceHandler>> = {
  get,
  list: (request, target, { store, clock }) => list(request, target, store, clock),
  watch,
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeCollection,
};

const STATUS: Readonly<Record<string, ResourceHandler>> = { get, update, patch };
const SCALE: Readonly<Record<string, ResourceHandler>> = { get: getScale, update: updateScale, patch: patchScale };

/** Serves one request for a stored kind. @throws ApiError 404 when nothing serves the path, 405 for a verb it does not have */
export async function serveResource(
  request: ApiRequest,
  wanted: ResourceRequest,
  context: ResourceContext,
): Promise<ApiResponse> {
  const kind = context.resources.find(wanted.group, wanted.version, wanted.plural);
  if (kind === undefined) throw pathNotFound();
  const { namespace, name, subresource } = wanted;
  checkScope(kind, wanted, request.info.verb);
  const handler = handlersOf(kind, subresource)[request.info.verb];
  if (handler === undefined) throw methodNotAllowed();
  return handler(request, { kind, namespace, name, subresource }, context);
}

function handlersOf(
  { subresources, group, plural }: ServedKind,
  subresource: string,
): Readonly<Record<string, ResourceHandler>> {
  if (subresource === '') return MAIN;
  if (subresource === 'status' && subresources.status) return STATUS;
  if (subresource === 'scale' && subresources.scale !== undefined) return SCALE;
  if (subresource === 'eviction' && group === '' && plural === 'pods') return { create: evict };
  if (subresource === 'finalize' && group === '' && plural === 'namespaces') return { update };
  throw pathNotFound();
}

/** Collections are created into, objects are changed; neither is the other. */
const COLLECTION_VERBS: readonly string[] = ['create', 'list', 'deletecollection'];
const OBJECT_VERBS: readonly string[] = ['get', 'update', 'patch', 'delete'];

/** A namespaced object is written and read in its namespace; only lists and watches may span them all. */
function checkScope(kind: ServedKind, { namespace, name, subresource }: ResourceRequest, verb: string): void {
  if (!kind.namespaced && namespace !== '') throw pathNotFound();
  if (subresource === '' && (name === '' ? OBJECT_VERBS : COLLECTION_VERBS).includes(verb)) throw methodNotAllowed();
  if (!kind.namespaced || namespace !== '') return;
  if (name !== '' || verb === 'create') throw badRequest('an empty namespace may not be set during creation');
  if (verb === 'deletecollection') throw methodNotAllowed();
}
