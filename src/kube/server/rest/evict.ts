import { formatTime } from '../../../kernel';
import { type KubeObject, type LabelSelector, selects } from '../../schema';
import { ApiError, badRequest, successStatus } from '../api-error';
import { type ApiRequest, type ApiResponse, jsonResponse } from '../http/api-exchange';
import { decodeObject } from '../http/decode-body';
import type { DeleteOptions } from '../registry/plan-deletion';
import type { Target } from '../registry/write-request';
import type { ResourceRegistry } from '../resources/resource-registry';
import { writeOptionsOf } from './options';
import type { RestContext } from './write';

const RETRY_AFTER_SECONDS = 10;

interface Budget extends KubeObject {
  readonly spec?: { readonly selector?: LabelSelector; readonly unhealthyPodEvictionPolicy?: string };
  readonly status?: BudgetStatus;
}

interface BudgetStatus {
  readonly observedGeneration?: number;
  readonly disruptionsAllowed?: number;
  readonly desiredHealthy?: number;
  readonly currentHealthy?: number;
  readonly disruptedPods?: Readonly<Record<string, string>>;
}

/**
 * Answers `create` of `pods/eviction`: deletes a Pod unless a disruption budget stands in the way, and takes the disruption
 * from the budget (https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/).
 * @throws ApiError 404, 429 when a budget allows no disruption now
 */
export async function evict(
  request: ApiRequest,
  target: Target,
  context: RestContext & { readonly resources: ResourceRegistry },
): Promise<ApiResponse> {
  const options = writeOptionsOf(request, () => undefined);
  const body = decodeObject(await request.readBody(), request.headers['content-type']);
  const { metadata, deleteOptions = {} } = body as KubeObject & { readonly deleteOptions?: DeleteOptions };
  const named = (metadata as { name?: string } | undefined)?.name ?? target.name;
  if (named !== target.name) throw badRequest('name in URL does not match name in Eviction object');
  const pod: Target = { ...target, subresource: '' };
  const live = context.registry.get(pod);
  if (!isFree(live)) {
    const budget = budgetOf(context, live);
    if (budget !== undefined && !isExpendable(live, budget)) {
      checkBudget(budget);
      await spend(context, budget, live, options);
    }
  }
  await context.registry.delete(pod, deleteOptions, options);
  return jsonResponse(201, successStatus(undefined, 201));
}

/** Pods that have not started, have ended or are going disturb nobody by going. */
function isFree({ metadata, status }: KubeObject): boolean {
  const { phase } = (status ?? {}) as { phase?: string };
  return metadata.deletionTimestamp !== undefined || ['Pending', 'Succeeded', 'Failed'].includes(phase ?? '');
}

/** A Pod that is not ready does not count as healthy: it may go while enough others are, or always if the budget says so. */
function isExpendable({ status }: KubeObject, { spec, status: counts = {} }: Budget): boolean {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly { type: string; status: string }[] };
  if (conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True')) return false;
  const { currentHealthy = 0, desiredHealthy = 0 } = counts;
  return spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (desiredHealthy > 0 && currentHealthy >= desiredHealthy);
}

/** @throws ApiError 500 when several budgets cover the Pod, which the eviction API does not support */
function budgetOf({ store }: RestContext, { metadata }: KubeObject): Budget | undefined {
  const { namespace = '', labels = {} } = metadata;
  const { objects } = store.table('poddisruptionbudgets.policy').list({ namespace });
  const budgets = objects
    .map((stored) => stored.parse() as Budget)
    .filter(({ spec }) => spec?.selector !== undefined && selects(spec.selector, labels));
  if (budgets.length <= 1) return budgets[0];
  throw new ApiError(
    'InternalError',
    'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  );
}

/** @throws ApiError 429 */
function checkBudget({ metadata, status = {} }: Budget): void {
  const { name, generation = 0 } = metadata;
  const { observedGeneration = 0, disruptionsAllowed = 0, desiredHealthy = 0, currentHealthy = 0 } = status;
  if (observedGeneration < generation) {
    throw refusal(`The disruption budget ${name} is still being processed by the server.`);
  }
  if (disruptionsAllowed > 0) return;
  throw refusal(
    `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
  );
}

function refusal(why: string): ApiError {
  const message = "Cannot evict pod as it would violate the pod's disruption budget.";
  const causes = [{ reason: 'DisruptionBudget', message: why }];
  const processing = why.endsWith('server.') ? { retryAfterSeconds: RETRY_AFTER_SECONDS } : {};
  return new ApiError('TooManyRequests', message, { ...processing, causes });
}

/** The budget's controller is told in its status, so that two evictions never use one allowance. */
async function spend(
  { registry, resources, clock }: RestContext & { readonly resources: ResourceRegistry },
  { metadata }: Budget,
  pod: KubeObject,
  options: Parameters<RestContext['registry']['update']>[2],
): Promise<void> {
  const kind = resources.find('policy', 'v1', 'poddisruptionbudgets');
  if (kind === undefined) return;
  const target = { kind, namespace: metadata.namespace ?? '', name: metadata.name, subresource: 'status' };
  const now = formatTime(clock.nowMs());
  const change = (live: KubeObject): KubeObject => {
    checkBudget(live as Budget);
    const { disruptionsAllowed = 0, disruptedPods = {}, ...status } = (live as Budget).status ?? {};
    const disrupted = { ...disruptedPods, [pod.metadata.name]: now };
    return { ...live, status: { ...status, disruptionsAllowed: disruptionsAllowed - 1, disruptedPods: disrupted } };
  };
  await registry.update(target, change, options);
}
