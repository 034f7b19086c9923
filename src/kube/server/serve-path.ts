import type { ApiRequest, ApiResponse } from './http/api-exchange';
import { jsonResponse, textResponse } from './http/api-exchange';
import { discover } from './discovery/discovery';
import { KUBERNETES_VERSION, openApiDocument, openApiIndex, swaggerDocument } from './openapi/openapi';
import { pathNotFound } from './api-error';
import type { ServiceAccountTokens } from './authentication/service-account-tokens';
import type { ServerMetrics } from './observe/server-metrics';
import type { ResourceRegistry } from './resources/resource-registry';

const ISSUER_PATH = '/.well-known/openid-configuration';
const KEYS_PATH = '/openid/v1/jwks';

/** What paths outside the resources answer from. */
export interface PathContext {
  readonly resources: ResourceRegistry;
  /** `host:port`. */
  readonly address: () => string;
  /** Why the server is not healthy, if it is not. */
  readonly failure: () => string | undefined;
  readonly tokens: ServiceAccountTokens;
  readonly metrics: ServerMetrics;
}

const HEALTH_PATHS: readonly string[] = ['/livez', '/readyz', '/healthz'];

/** Serves discovery, OpenAPI, version, health and metrics. @throws ApiError 404 */
export async function servePath(request: ApiRequest, context: PathContext): Promise<ApiResponse> {
  const { path } = request.info;
  const kinds = context.resources.all();
  if (path === '/version' || path === '/version/') return jsonResponse(200, VERSION);
  const health = HEALTH_PATHS.find((prefix) => path === prefix || path.startsWith(`${prefix}/`));
  if (health !== undefined) return healthOf(context.failure(), request.info.query.has('verbose'), health.slice(1));
  if (path === '/openapi/v3' || path === '/openapi/v3/') return jsonResponse(200, openApiIndex(kinds));
  if (path === '/openapi/v2') return jsonResponse(200, swaggerDocument(kinds));
  if (path === '/metrics') return metricsOf(context.metrics);
  if (path === KEYS_PATH)
    return { ...jsonResponse(200, context.tokens.keys()), headers: { 'content-type': 'application/jwk-set+json' } };
  if (path === ISSUER_PATH) return jsonResponse(200, issuerDocument(context));
  const answer = path.startsWith('/openapi/v3/')
    ? openApi(path, context.resources)
    : discover(request, kinds, context.address());
  if (answer === undefined) throw pathNotFound();
  return answer;
}

function openApi(path: string, resources: ResourceRegistry): ApiResponse | undefined {
  const apiVersion = path.replace(/^\/openapi\/v3\/apis?\//, '');
  const document = openApiDocument(resources.all(), apiVersion);
  return document === undefined ? undefined : jsonResponse(200, document);
}

/** OpenID Connect discovery, so that others can verify service account tokens by themselves. */
function issuerDocument({ tokens, address }: PathContext): object {
  return {
    issuer: tokens.issuer,
    jwks_uri: `https://${address()}${KEYS_PATH}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
}

async function metricsOf(metrics: ServerMetrics): Promise<ApiResponse> {
  const body = [Buffer.from(await metrics.text())];
  return { kind: 'bytes', status: 200, headers: { 'content-type': metrics.contentType }, body };
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
