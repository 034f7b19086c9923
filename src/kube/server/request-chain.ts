import type { Logger } from '../../kernel';
import { authenticate, type Authenticator } from './authentication/authenticate';
import { credentialsOf } from './authentication/credentials';
import { impersonate } from './authentication/impersonate';
import { accessOf, authorise } from './authorisation/authorise';
import type { ApiRequest, ApiResponse } from './http/api-exchange';
import { type HttpRequest, refusalOf, tlsSocketOf } from './http/https-server';
import { readBody } from './http/read-body';
import type { RequestGate } from './limits/request-limits';
import type { AuditLog } from './observe/audit-log';
import type { UserInfo } from './registry/write-request';
import { type RequestInfo, resolveRequestInfo } from './request/request-info';
import { type ResourceContext, serveResource } from './rest/serve-resource';
import { isReview, type ReviewContext, serveReview } from './reviews/serve-review';
import { type PathContext, servePath } from './serve-path';

/** Everything that answering requests needs. */
export interface ChainContext extends ResourceContext, ReviewContext, PathContext {
  readonly authenticators: readonly Authenticator[];
  readonly logger: Logger;
  readonly gate: RequestGate;
  readonly audit: AuditLog | undefined;
}

/** What became known of a request on its way, for metrics and audit. */
interface Trail {
  info?: RequestInfo;
  caller?: UserInfo;
  user?: UserInfo;
}

/**
 * Answers one request: resolve → authenticate → impersonate → authorise → limit → serve → observe. Whatever is thrown becomes a Status.
 */
export async function answerRequest(incoming: HttpRequest, context: ChainContext): Promise<ApiResponse> {
  const startedMs = context.clock.nowMs();
  const trail: Trail = {};
  const answer = await answerOrRefuse(incoming, context, trail);
  observe(incoming, context, trail, answer.kind === 'bytes' ? answer.status : 200, startedMs);
  return answer;
}

async function answerOrRefuse(incoming: HttpRequest, context: ChainContext, trail: Trail): Promise<ApiResponse> {
  const { method = 'GET', url = '/', headers } = incoming;
  try {
    const info = (trail.info = resolveRequestInfo(method, url));
    const caller = (trail.caller = await authenticate(context.authenticators, credentialsOf(incoming)));
    const user = (trail.user = impersonate(caller, headers, context.authorizer));
    authorise(context.authorizer, user, accessOf(info));
    const request = { method, info, headers, user, readBody: () => readBody(incoming) };
    return await withinLimits(() => serve(request, context), context.gate.enter(user, info.verb));
  } catch (cause) {
    return refusalOf(cause, context.logger, url);
  }
}

function serve(request: ApiRequest, context: ChainContext): Promise<ApiResponse> | ApiResponse {
  const { resource } = request.info;
  if (resource === undefined) return servePath(request, context);
  return isReview(resource) ? serveReview(request, resource, context) : serveResource(request, resource, context);
}

/** Serves, and leaves the gate when the answer is made; a stream leaves when its client is gone. */
async function withinLimits(run: () => Promise<ApiResponse> | ApiResponse, leave: () => void): Promise<ApiResponse> {
  try {
    const answer = await run();
    if (answer.kind === 'stream') return leavingAtEnd(answer, leave);
    leave();
    return answer;
  } catch (cause) {
    leave();
    throw cause;
  }
}

/** A stream counts until its client is gone. */
function leavingAtEnd(answer: ApiResponse & { readonly kind: 'stream' }, leave: () => void): ApiResponse {
  return {
    ...answer,
    start(sink) {
      sink.onceClosed(leave);
      answer.start(sink);
    },
  };
}

function observe(incoming: HttpRequest, context: ChainContext, trail: Trail, code: number, startedMs: number): void {
  const { info, caller, user } = trail;
  if (info === undefined) return;
  const endedMs = context.clock.nowMs();
  context.metrics.observe(info, code, (endedMs - startedMs) / 1000);
  const { url = '', headers } = incoming;
  const request = {
    url,
    userAgent: headers['user-agent'] ?? '',
    sourceAddress: tlsSocketOf(incoming).remoteAddress ?? '',
  };
  context.audit?.record({ ...request, info, caller, user, code, startedMs, endedMs });
}
