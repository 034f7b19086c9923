import type { Clock } from '../../../kernel';
import type { KubeObject } from '../../schema';
import { methodNotAllowed, notFound } from '../api-error';
import type { ServiceAccountTokens } from '../authentication/service-account-tokens';
import type { Authorizer } from '../authorisation/rbac';
import type { ApiRequest, ApiResponse } from '../http/api-exchange';
import { decodeObject } from '../http/decode-body';
import { negotiate } from '../http/negotiate';
import type { ResourceRequest } from '../request/request-info';
import { isVirtualKind } from '../resources/virtual-kinds';
import { objectResponse, RESOURCE_SHAPES } from '../rest/encode-objects';
import type { ObjectStore } from '../storage';
import { reviewAccess, reviewOwnAccess, reviewRules } from './access-reviews';
import { requestToken } from './token-request';
import { type ReviewedToken, reviewSelf, reviewToken } from './token-review';

/** What reviews are answered from. */
export interface ReviewContext {
  readonly authorizer: Authorizer;
  readonly tokens: ServiceAccountTokens;
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** Finds the user of any bearer token that the server believes. */
  readonly findToken: (token: string, audiences: readonly string[]) => Promise<ReviewedToken | undefined>;
}

type Answer = (
  body: KubeObject,
  request: ApiRequest,
  wanted: ResourceRequest,
  context: ReviewContext,
) => KubeObject | Promise<KubeObject>;

const ANSWERS: Readonly<Record<string, Answer>> = {
  selfsubjectreviews: (body, { user }) => reviewSelf(body, user),
  tokenreviews: (body, _request, _wanted, { findToken }) => reviewToken(body, findToken),
  selfsubjectaccessreviews: (body, { user }, _wanted, { authorizer }) => reviewOwnAccess(body, user, authorizer),
  selfsubjectrulesreviews: (body, { user }, _wanted, { authorizer }) => reviewRules(body, user, authorizer),
  subjectaccessreviews: (body, _request, _wanted, { authorizer }) => reviewAccess(body, authorizer, ''),
  localsubjectaccessreviews: (body, _request, { namespace }, { authorizer }) =>
    reviewAccess(body, authorizer, namespace),
};

/** Whether a request is for a kind that is answered and never stored. */
export function isReview({ group, version, plural, subresource }: ResourceRequest): boolean {
  return isVirtualKind(group, version, plural) || isTokenRequest(group, version, plural, subresource);
}

function isTokenRequest(group: string, version: string, plural: string, subresource: string): boolean {
  return group === '' && version === 'v1' && plural === 'serviceaccounts' && subresource === 'token';
}

/** Answers a review or a token request. @throws ApiError 400, 404, 405 */
export async function serveReview(
  request: ApiRequest,
  wanted: ResourceRequest,
  context: ReviewContext,
): Promise<ApiResponse> {
  if (request.info.verb !== 'create') throw methodNotAllowed();
  const body = decodeObject(await request.readBody(), request.headers['content-type']);
  const answer = wanted.subresource === 'token' ? tokenOf : ANSWERS[wanted.plural];
  if (answer === undefined) throw methodNotAllowed();
  return objectResponse(
    201,
    await answer(body, request, wanted, context),
    negotiate(request.headers.accept, RESOURCE_SHAPES),
  );
}

const tokenOf: Answer = (body, _request, { namespace, name }, { store, tokens, clock }) => {
  const account = store.get({ resource: 'serviceaccounts', namespace, name });
  if (account === undefined) throw notFound({ group: '', plural: 'serviceaccounts' }, name);
  return requestToken(body, account.parse(), { tokens, store, nowMs: clock.nowMs() });
};
