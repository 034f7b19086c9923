import { type PlacedCluster, zonesOf } from '../../accesspoint';
import type { Finding } from '../../kernel';
import type { RolloutPlan } from '../rollout';
import type { ConditionParts } from './set-condition';

/** Whether the spec as written is accepted; the message names every field that is wrong. */
export function acceptedCondition(errors: readonly Finding[]): ConditionParts {
  const type = 'Accepted';
  const [first] = errors;
  if (first === undefined) return { type, status: 'True', reason: 'Accepted', message: 'the spec is valid' };
  const reason = first.code === 'FLO3009' ? 'Conflict' : first.code === 'FLO3001' ? 'UnknownMesh' : 'Invalid';
  const message = errors.map((finding) => `${finding.path ?? 'spec'}: ${finding.message} (${finding.code})`).join('; ');
  return { type, status: 'False', reason, message };
}

/** Where the owner goes. */
export function placedCondition(clusters: readonly PlacedCluster[]): ConditionParts {
  const type = 'Placed';
  if (clusters.length === 0) return { type, status: 'False', reason: 'NoClusters', message: 'placed in no cluster' };
  const message = `${clusters.length} clusters in ${zonesOf(clusters).length} zones`;
  return { type, status: 'True', reason: 'Placed', message };
}

/** How far the release of the target revision is. */
export function rolloutCondition(plan: RolloutPlan | undefined): ConditionParts {
  const type = 'RolloutComplete';
  if (plan === undefined) return { type, status: 'False', reason: 'NotAccepted', message: 'nothing was accepted yet' };
  const status = plan.phase === 'Complete' ? 'True' : 'False';
  return { type, status, reason: plan.phase, message: plan.message };
}
