import type { ApiRequest, ApiResponse } from './http/api-exchange';
import { jsonResponse, textResponse } from './http/api-exchange';
import { discover } from './discovery/discovery';
import { KUBERNETES_VERSION, type OpenApiDocuments } from './openapi/openapi';
import { SWAGGER_PROTOBUF, swaggerProtobuf, wantsSwaggerProtobuf } from './openapi/swagger-protobuf';
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
  readonly openApi: OpenApiDocuments;
}

const HEALTH_PATHS: readonly string[] = ['/livez', '/readyz', '/healthz'];

/** Serves discovery, OpenAPI, version, health and metrics. @throws ApiError 404 */
export async function servePath(request: ApiRequest, context: PathContext): Promise<ApiResponse> {
  const { path } = request.info;
  const kinds = context.resources.all();
  if (path === '/version' || path === '/version/') return jsonResponse(200, VERSION);
  const health = HEALTH_PATHS.find((prefix) => path === prefix || path.startsWith(`${prefix}/`));
  if (health !== undefined) return healthOf(context.failure(), request.info.query.has('verbose'), health.slice(1));
  if (path.startsWith('/openapi/')) return openApi(request, context.openApi);
  if (path === '/metrics') return metricsOf(context.metrics);
  if (path === KEYS_PATH)
    return { ...jsonResponse(200, context.tokens.keys()), headers: { 'content-type': 'application/jwk-set+json' } };
  if (path === ISSUER_PATH) return jsonResponse(200, issuerDocument(context));
  const answer = discover(request, kinds, context.address());
  if (answer === undefined) throw pathNotFound();
  return answer;
}

function openApi({ info, headers }: ApiRequest, documents: OpenApiDocuments): ApiResponse {
  const path = info.path.replace(/\/$/, '');
  if (path === '/openapi/v2' && wantsSwaggerProtobuf(headers.accept)) {
    const body = [swaggerProtobuf(KUBERNETES_VERSION)];
    return { kind: 'bytes', status: 200, headers: { 'content-type': SWAGGER_PROTOBUF }, body };
  }
  const bytes = openApiBytes(path, documents);
  if (bytes === undefined) throw pathNotFound();
  return { kind: 'bytes', status: 200, headers: { 'content-type': 'application/json' }, body: [bytes] };
}

function openApiBytes(path: string, documents: OpenApiDocuments): Buffer | undefined {
  if (path === '/openapi/v3') return documents.index();
  if (path === '/openapi/v2') return documents.swagger();
  const [, apiVersion] = /^\/openapi\/v3\/apis?\/(.+)$/.exec(path) ?? [];
  return apiVersion === undefined ? undefined : documents.document(apiVersion);
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
