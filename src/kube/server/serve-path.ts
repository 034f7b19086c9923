import type { ApiRequest, ApiResponse } from './http/api-exchange';
import { jsonResponse, textResponse } from './http/api-exchange';
import { discover } from './discovery/discovery';
import { KUBERNETES_VERSION, openApiDocument, openApiIndex, swaggerDocument } from './openapi/openapi';
import { pathNotFound } from './api-error';
import type { ResourceRegistry } from './resources/resource-registry';

/** What paths outside the resources answer from. */
export interface PathContext {
  readonly resources: ResourceRegistry;
  /** `host:port`. */
  readonly address: string;
  /** Why the server is not healthy, if it is not. */
  readonly failure: () => string | undefined;
}

const HEALTH_PATHS: readonly string[] = ['/livez', '/readyz', '/healthz'];

/** Serves discovery, OpenAPI, version and health. @throws ApiError 404 */
export function servePath(request: ApiRequest, context: PathContext): ApiResponse {
  const { path } = request.info;
  const kinds = context.resources.all();
  if (path === '/version' || path === '/version/') return jsonResponse(200, VERSION);
  const health = HEALTH_PATHS.find((prefix) => path === prefix || path.startsWith(`${prefix}/`));
  if (health !== undefined) return healthOf(context.failure(), request.info.query.has('verbose'), health.slice(1));
  if (path === '/openapi/v3' || path === '/openapi/v3/') return jsonResponse(200, openApiIndex(kinds));
  if (path === '/openapi/v2') return jsonResponse(200, swaggerDocument(kinds));
  const answer = path.startsWith('/openapi/v3/')
    ? openApi(path, context.resources)
    : discover(request, kinds, context.address);
  if (answer === undefined) throw pathNotFound();
  return answer;
}

function openApi(path: string, resources: ResourceRegistry): ApiResponse | undefined {
  const apiVersion = path.replace(/^\/openapi\/v3\/apis?\//, '');
  const document = openApiDocument(resources.all(), apiVersion);
  return document === undefined ? undefined : jsonResponse(200, document);
}

function healthOf(failure: string | undefined, verbose: boolean, check: string): ApiResponse {
  if (failure !== undefined)
    return textResponse(500, `[+]ping ok\n[-]storage failed: ${failure}\n${check} check failed\n`);
  return textResponse(200, verbose ? `[+]ping ok\n[+]storage ok\n${check} check passed\n` : 'ok');
}

const [major = '', minor = ''] = KUBERNETES_VERSION.slice(1).split('.');

/** version.Info; the git version says whose server it is. */
const VERSION = {
  major,
  minor,
  gitVersion: `${KUBERNETES_VERSION}+flotilla`,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '',
  goVersion: '',
  compiler: `node ${process.version}`,
  platform: `${process.platform}/${process.arch}`,
};
