import type { AccessPointSpec } from '../../accesspoint';
import { type RolloutPolicy, rolloutStrategy, type RolloutStrategy } from '../api';

/** How the changes of an access point or a name are released: its policy, its own strategy, or one cluster after another. */
export function strategyOf(
  spec: Pick<AccessPointSpec, 'rollout'> | undefined,
  policies: readonly RolloutPolicy[],
): RolloutStrategy {
  const name = spec?.rollout?.policyRef?.name;
  const policy = name === undefined ? undefined : policies.find(({ metadata }) => metadata.name === name)?.spec;
  return policy ?? spec?.rollout?.inline ?? rolloutStrategy.parse({});
}
