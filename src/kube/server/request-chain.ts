import type { IncomingMessage } from 'node:http';
import type { Logger } from '../../kernel';
import { authenticate, type Authenticator } from './authentication/authenticate';
import { credentialsOf } from './authentication/credentials';
import { impersonate } from './authentication/impersonate';
import { accessOf, authorise } from './authorisation/authorise';
import type { ApiRequest, ApiResponse } from './http/api-exchange';
import { refusalOf } from './http/https-server';
import { readBody } from './http/read-body';
import { resolveRequestInfo } from './request/request-info';
import { type ResourceContext, serveResource } from './rest/serve-resource';
import { isReview, type ReviewContext, serveReview } from './reviews/serve-review';
import { type PathContext, servePath } from './serve-path';

/** Everything that answering requests needs. */
export interface ChainContext extends ResourceContext, ReviewContext, PathContext {
  readonly authenticators: readonly Authenticator[];
  readonly logger: Logger;
}

/** Answers one request: resolve → authenticate → impersonate → authorise → serve. Whatever is thrown becomes a Status. */
export async function answerRequest(incoming: IncomingMessage, context: ChainContext): Promise<ApiResponse> {
  const { method = 'GET', url = '/', headers } = incoming;
  try {
    const info = resolveRequestInfo(method, url);
    const caller = await authenticate(context.authenticators, credentialsOf(incoming));
    const user = impersonate(caller, headers, context.authorizer);
    authorise(context.authorizer, user, accessOf(info));
    return await serve({ method, info, headers, user, readBody: () => readBody(incoming) }, context);
  } catch (cause) {
    return refusalOf(cause, context.logger, url);
  }
}

function serve(request: ApiRequest, context: ChainContext): Promise<ApiResponse> | ApiResponse {
  const { resource } = request.info;
  if (resource === undefined) return servePath(request, context);
  return isReview(resource) ? serveReview(request, resource, context) : serveResource(request, resource, context);
}
