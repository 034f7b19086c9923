import { formatTime, toFlotillaError } from '../../../kernel';
import { apiVersionOf, type KubeObject, type ObjectMeta } from '../../schema';
import { ApiError, badRequest } from '../api-error';
import { applyServerSide } from '../apply';
import { decodeObject, decodeValue, mediaTypeOf, unsupportedMediaType } from '../http/decode-body';
import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch } from '../patch';
import { invalidObject, unreadable } from '../registry/check-fields';
import { conversionProblem } from '../registry/prepare-create';
import type { Target } from '../registry/write-request';
import type { ServedKind } from '../resources/served-kind';
import { invalid } from '../schema';

/** A patch as it came over the wire. */
export interface Patch {
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** The change that a JSON, merge or strategic merge patch asks for. @throws ApiError 400, 415 */
export function transformOf({ kind }: Target, { contentType, body }: Patch): (live: KubeObject) => KubeObject {
  const mediaType = mediaTypeOf(contentType);
  const value = decodeValue(body, 'application/json');
  switch (mediaType) {
    case 'application/json-patch+json':
      return (live) => readable(kind, applyJsonPatch(live, value));
    case 'application/merge-patch+json':
      return (live) => readable(kind, applyMergePatch(live, value));
    case 'application/strategic-merge-patch+json':
      if (kind.custom) throw unsupportedPatch(mediaType);
      return (live) => readable(kind, applyStrategicMergePatch(live, value, kind.structural), inPlainWords);
    default:
      throw unsupportedPatch(mediaType);
  }
}

/** What a patch made, if it can still be read as an object of its kind. @throws ApiError 422 */
function readable(kind: ServedKind, patched: unknown, words = (problem: string) => problem): KubeObject {
  const problem = unreadable(kind, patched) ?? otherKind(kind, patched as KubeObject);
  if (problem === undefined) return patched as KubeObject;
  const error = invalid('patch', JSON.stringify(patched), words(problem));
  throw invalidObject({ group: '', kind: '' }, '', [error]);
}

function otherKind(kind: ServedKind, { apiVersion, kind: name }: KubeObject): string | undefined {
  if (kind.custom || (apiVersion === apiVersionOf(kind) && name === kind.kind)) return undefined;
  return conversionProblem(kind.kind, apiVersion, name);
}

/** A strategic merge is converted from a map without a JSON decoder, which says the same in other words. */
function inPlainWords(problem: string): string {
  const [, from = '', to = ''] = /unmarshal (\S+)(?: \S+)? into .* of type (.+)$/.exec(problem) ?? [];
  const was = { number: 'int64', array: 'slice', object: 'map' }[from] ?? from;
  if (to.startsWith('map[')) return `cannot restore map from ${was}`;
  if (to.startsWith('[]')) return `cannot restore slice from ${was}`;
  if (to.startsWith('v1.')) return `cannot restore struct from: ${was}`;
  if (was === 'map' || was === 'slice') return `unrecognized type: ${to}`;
  return to === '' ? problem : `cannot convert ${was} to ${to}`;
}

const CUSTOM_TYPES = 'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml';

function unsupportedPatch(mediaType: string): ApiError {
  const error = unsupportedMediaType(mediaType);
  const message = `the body of the request was in an unknown format - accepted media types include: ${CUSTOM_TYPES}`;
  return new ApiError('UnsupportedMediaType', message, error.details);
}

/** Whether a patch is a server-side apply. */
export function isApply({ contentType }: Pick<Patch, 'contentType'>): boolean {
  return mediaTypeOf(contentType) === 'application/apply-patch+yaml';
}

/** One server-side apply, ready to be laid over whatever is live. */
export interface Apply {
  readonly target: Target;
  readonly applied: KubeObject;
  readonly manager: string;
  readonly force: boolean;
}

/** Reads an apply patch and checks what the request must say about it. @throws ApiError 400 */
export function readApply(target: Target, { body }: Patch, query: URLSearchParams): Apply {
  const applied = decodeObject(body, 'application/yaml');
  const manager = query.get('fieldManager') ?? '';
  if (manager === '')
    throw badRequest(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  const metadata = applied.metadata as Partial<ObjectMeta> | undefined;
  const { name, namespace, kind } = target;
  if (applied.apiVersion === undefined || applied.kind === undefined)
    throw badRequest('apply patch must name apiVersion and kind');
  if ((metadata?.name ?? name) !== name)
    throw badRequest(`metadata.name ${metadata?.name ?? ''} does not match the name on the URL (${name})`);
  const place = kind.namespaced ? { namespace } : {};
  return {
    target,
    applied: { ...applied, metadata: { ...metadata, name, ...place } },
    manager,
    force: query.get('force') === 'true',
  };
}

/** Lays an apply over the live object. @throws ApiError 409 with one cause for each field that another manager owns */
export function runApply(
  { target, applied, manager, force }: Apply,
  live: KubeObject | undefined,
  nowMs: number,
): KubeObject {
  const { kind, subresource } = target;
  const result = applyServerSide({
    ...(live ? { live } : {}),
    applied,
    manager,
    force,
    schema: kind.structural,
    nowRfc3339: formatTime(nowMs),
    ...(subresource === '' ? {} : { subresource }),
    apiVersion: apiVersionOf(kind),
    statusSubresource: kind.subresources.status,
  });
  if (result.kind === 'ok') return result.object;
  const causes = result.conflicts.map(({ message, field }) => ({ reason: 'FieldManagerConflict', message, field }));
  throw new ApiError('Conflict', result.message, { causes });
}

/** Gives the errors of the patch and apply engines their place in HTTP. */
export function patchRefusal(cause: unknown): unknown {
  if (cause instanceof ApiError || !(cause instanceof Error) || !('reason' in cause)) return cause;
  const { message } = toFlotillaError(cause);
  switch (cause.reason) {
    case 'BadRequest':
    case 'Invalid':
    case 'UnsupportedMediaType':
    case 'InternalError':
    case 'RequestEntityTooLarge':
      return new ApiError(cause.reason, message, undefined, cause);
    default:
      return cause;
  }
}
