import { type Rollout, rolloutKind } from '../federation/api';
import { FlotillaError } from '../kernel';
import type { KubeClient } from '../kube';

/** The newest rollout of an owner. @param target `namespace/name` of the access point, name or deployment; `default` without a namespace */
export async function findRollout(client: KubeClient, target: string): Promise<Rollout> {
  const [name = '', namespace = 'default'] = target.split('/').reverse();
  const { items } = await client.list<Rollout>(rolloutKind, { namespace });
  const mine = items.filter(({ spec }) => spec?.owner.name === name);
  const [newest] = mine.sort((left, right) => (right.spec?.number ?? 0) - (left.spec?.number ?? 0));
  if (newest !== undefined) return newest;
  throw new FlotillaError(`${namespace}/${name} has no rollout`, {
    code: 'FLO3096',
    retry: 'after-change',
    hint: 'write namespace/name of an access point; kubectl get rollouts --all-namespaces lists them',
  });
}
