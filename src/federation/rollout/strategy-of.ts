import type { AccessPointSpec } from '../../accesspoint';
import { type RolloutPolicy, rolloutStrategy, type RolloutStrategy } from '../api';

/** How the changes of an access point are released: its policy, its own strategy, or one cluster after another. */
export function strategyOf(spec: AccessPointSpec | undefined, policies: readonly RolloutPolicy[]): RolloutStrategy {
  const name = spec?.rollout?.policyRef?.name;
  const policy = name === undefined ? undefined : policies.find(({ metadata }) => metadata.name === name)?.spec;
  return policy ?? spec?.rollout?.inline ?? rolloutStrategy.parse({});
}
