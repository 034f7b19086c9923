import type { KubeObject } from '../../kube/schema';
import { type ChangePlan, planHub } from './plan-hub';

/** Plans the change from one whole set of hub objects to another, with the facts in their status; needs no server. `nowMs` decides which drains are on. */
export function planOffline(base: readonly KubeObject[], next: readonly KubeObject[], nowMs: number): ChangePlan {
  return planHub(base, next, { nowMs }).plan;
}
