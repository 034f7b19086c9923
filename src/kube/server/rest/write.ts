import type { Clock } from '../../../kernel';
import { apiVersionOf, type KubeObject } from '../../schema';
import { ApiError, successStatus } from '../api-error';
import type { ApiRequest, ApiResponse } from '../http/api-exchange';
import { decodeObject } from '../http/decode-body';
import { negotiate } from '../http/negotiate';
import type { ObjectRegistry } from '../registry/object-registry';
import type { DeleteOptions } from '../registry/plan-deletion';
import type { Target, WriteOptions } from '../registry/write-request';
import type { ObjectStore } from '../storage';
import { objectResponse, RESOURCE_SHAPES, shapeObject } from './encode-objects';
import { dryRunOf, writeOptionsOf } from './options';
import { isApply, type Patch, patchRefusal, readApply, runApply, transformOf } from './patch';
import { selectionOf } from './selection';

/** What the handlers of single resources work with. */
export interface RestContext {
  readonly registry: ObjectRegistry;
  readonly store: ObjectStore;
  readonly clock: Clock;
}

/** Answers `get`. */
export function get(request: ApiRequest, target: Target, context: RestContext): ApiResponse {
  return answer(request, target, context, { status: 200, object: context.registry.get(target) });
}

/** Answers `create`: decode → prepare → admit → validate → store → encode. */
export async function create(request: ApiRequest, target: Target, context: RestContext): Promise<ApiResponse> {
  const [options, warnings] = optionsOf(request);
  const body = decodeObject(await request.readBody(), request.headers['content-type']);
  const object = await context.registry.create(target, body, options);
  return answer(request, target, context, { status: 201, object, warnings });
}

/** Answers `update`. */
export async function update(request: ApiRequest, target: Target, context: RestContext): Promise<ApiResponse> {
  const [options, warnings] = optionsOf(request);
  const body = decodeObject(await request.readBody(), request.headers['content-type']);
  const { object } = await context.registry.update(target, () => body, options);
  return answer(request, target, context, { status: 200, object, warnings });
}

/** Answers `patch`, of all four kinds. */
export async function patch(request: ApiRequest, target: Target, context: RestContext): Promise<ApiResponse> {
  const [options, warnings] = optionsOf(request);
  const sent: Patch = { contentType: request.headers['content-type'], body: await request.readBody() };
  try {
    const { status, object } = isApply(sent)
      ? await apply(request, target, context, sent, options)
      : { status: 200, ...(await context.registry.update(target, transformOf(target, sent), options)) };
    return answer(request, target, context, { status, object, warnings });
  } catch (cause) {
    throw patchRefusal(cause);
  }
}

/** Changes the object, or makes it when there is none. */
async function apply(
  request: ApiRequest,
  target: Target,
  { registry, clock }: RestContext,
  sent: Patch,
  options: WriteOptions,
): Promise<{ readonly status: number; readonly object: KubeObject }> {
  const wanted = readApply(target, sent, request.info.query);
  try {
    const transform = (live: KubeObject): KubeObject => runApply(wanted, live, clock.nowMs());
    return { status: 200, ...(await registry.update(target, transform, options, { managed: true })) };
  } catch (cause) {
    const absent = cause instanceof ApiError && cause.reason === 'NotFound' && target.subresource === '';
    if (!absent) throw cause;
    const object = runApply(wanted, undefined, clock.nowMs());
    return { status: 201, object: await registry.create(target, object, options, { managed: true }) };
  }
}

/** Answers `delete`: a Status of success when the object is gone, the object itself while finalizers hold it. */
export async function remove(request: ApiRequest, target: Target, context: RestContext): Promise<ApiResponse> {
  const [options] = optionsOf(request);
  const { deletion, dryRun } = await readDeletion(request);
  const result = await context.registry.delete(target, deletion, { ...options, dryRun: options.dryRun || dryRun });
  if (!result.gone) return answer(request, target, context, { status: 200, object: result.object });
  const { kind, name } = target;
  const { uid } = result.object.metadata;
  const group = kind.group === '' ? {} : { group: kind.group };
  const status = successStatus({ name, ...group, kind: kind.plural, ...(uid === undefined ? {} : { uid }) });
  return objectResponse(200, status, negotiate(request.headers.accept, RESOURCE_SHAPES));
}

/** Answers `deletecollection`: every selected object is deleted by itself. */
export async function removeCollection(
  request: ApiRequest,
  target: Target,
  context: RestContext,
): Promise<ApiResponse> {
  const [options] = optionsOf(request);
  const { deletion, dryRun } = await readDeletion(request);
  const { kind, namespace } = target;
  const { selects } = selectionOf(kind, request.info.query);
  const { objects } = context.store.table(kind.resource).list(namespace === '' ? {} : { namespace });
  const items: KubeObject[] = [];
  for (const { key } of objects.filter(selects)) {
    const one: Target = { kind, namespace: key.namespace, name: key.name, subresource: '' };
    const result = await removeIfThere(context.registry, one, deletion, {
      ...options,
      dryRun: options.dryRun || dryRun,
    });
    if (result !== undefined) items.push(result);
  }
  const metadata = { resourceVersion: String(context.store.revision) };
  const list = {
    kind: kind.listKind,
    apiVersion: apiVersionOf(kind),
    metadata,
    items,
  };
  return objectResponse(200, list, negotiate(request.headers.accept, RESOURCE_SHAPES));
}

async function removeIfThere(
  registry: ObjectRegistry,
  target: Target,
  deletion: DeleteOptions,
  options: WriteOptions,
): Promise<KubeObject | undefined> {
  try {
    return (await registry.delete(target, deletion, options)).object;
  } catch (cause) {
    if (cause instanceof ApiError && cause.reason === 'NotFound') return undefined;
    throw cause;
  }
}

/** DeleteOptions come as a body or, from older clients, in the query. */
async function readDeletion(request: ApiRequest): Promise<{ deletion: DeleteOptions; dryRun: boolean }> {
  const body = await request.readBody();
  const { query } = request.info;
  const sent = body.length === 0 ? {} : decodeObject(body, request.headers['content-type']);
  const { dryRun = [], ...deletion } = sent as DeleteOptions & { readonly dryRun?: readonly string[] };
  const grace = query.get('gracePeriodSeconds');
  const policy = query.get('propagationPolicy') as NonNullable<DeleteOptions['propagationPolicy']> | null;
  return {
    deletion: {
      ...deletion,
      ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
      ...(policy === null ? {} : { propagationPolicy: policy }),
    },
    dryRun: dryRunOf(dryRun),
  };
}

function optionsOf(request: ApiRequest): [WriteOptions, readonly string[]] {
  const warnings: string[] = [];
  return [writeOptionsOf(request, (message) => warnings.push(message)), warnings];
}

interface Outcome {
  readonly status: number;
  readonly object: KubeObject;
  readonly warnings?: readonly string[];
}

function answer(
  request: ApiRequest,
  { kind }: Target,
  { clock }: RestContext,
  { status, object, warnings = [] }: Outcome,
): ApiResponse {
  const representation = negotiate(request.headers.accept, RESOURCE_SHAPES);
  const includeObject = request.info.query.get('includeObject');
  const shaped = shapeObject(kind, object, representation, { includeObject, nowMs: clock.nowMs() });
  return objectResponse(status, shaped, representation, warnings);
}
