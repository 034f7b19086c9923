import type { KubeObject } from '../../schema';
import { pathNotFound } from '../api-error';
import type { ApiRequest, ApiResponse } from '../http/api-exchange';
import { decodeObject } from '../http/decode-body';
import { negotiate } from '../http/negotiate';
import type { Target } from '../registry/write-request';
import type { ScalePaths } from '../resources/served-kind';
import { objectResponse } from './encode-objects';
import { writeOptionsOf } from './options';
import { transformOf } from './patch';
import { toScale, withScale } from './scale';
import type { RestContext } from './write';

/** Answers `get` of the scale subresource. */
export function getScale(request: ApiRequest, target: Target, { registry }: RestContext): ApiResponse {
  return scaleResponse(request, target, registry.get(target));
}

/** Answers `update` of the scale subresource: only the replicas change. */
export async function updateScale(request: ApiRequest, target: Target, context: RestContext): Promise<ApiResponse> {
  const sent = decodeObject(await request.readBody(), request.headers['content-type']);
  return change(request, target, context, () => sent);
}

/** Answers `patch` of the scale subresource: the patch is made against the Scale. */
export async function patchScale(request: ApiRequest, target: Target, context: RestContext): Promise<ApiResponse> {
  const contentType = request.headers['content-type'];
  const transform = transformOf(target, { contentType, body: await request.readBody() });
  return change(request, target, context, transform);
}

async function change(
  request: ApiRequest,
  target: Target,
  { registry }: RestContext,
  transform: (scale: KubeObject) => KubeObject,
): Promise<ApiResponse> {
  const paths = pathsOf(target);
  const main: Target = { ...target, subresource: '' };
  const options = writeOptionsOf(request, () => undefined);
  const { object } = await registry.update(
    main,
    (live) => withScale(target.kind, paths, live, transform(toScale(paths, live))),
    options,
  );
  return scaleResponse(request, target, object);
}

function pathsOf({ kind }: Target): ScalePaths {
  if (kind.subresources.scale === undefined) throw pathNotFound();
  return kind.subresources.scale;
}

function scaleResponse(request: ApiRequest, target: Target, object: KubeObject): ApiResponse {
  return objectResponse(200, toScale(pathsOf(target), object), negotiate(request.headers.accept, []));
}
