import type { KubeObject } from '../../kube/schema';
import { objectKey } from '../../kube/schema';

/** What others lean on comes first: a route is applied after the hosts that it sends to, and pruned before them. */
const ORDER = [
  'Namespace',
  'Secret',
  'ConfigMap',
  'Service',
  'WorkloadEntry',
  'ServiceEntry',
  'DestinationRule',
  'Gateway',
  'VirtualService',
];

/** Sorts for applying: by what leans on what, then by key, so that two runs do the same. */
export function inApplyOrder<Item extends KubeObject>(objects: readonly Item[]): readonly Item[] {
  return [...objects].sort((left, right) => rank(left) - rank(right) || (objectKey(left) < objectKey(right) ? -1 : 1));
}

/** The same in groups: a group is begun when the one before it is done. */
export function inApplyGroups<Item extends { readonly manifest: KubeObject }>(
  steps: readonly Item[],
): readonly Item[][] {
  const groups = new Map<number, Item[]>();
  for (const step of steps) {
    const group = groups.get(rank(step.manifest)) ?? [];
    groups.set(rank(step.manifest), [...group, step]);
  }
  return [...groups].sort(([left], [right]) => left - right).map(([, group]) => group);
}

/** Sorts for deleting: the other way round. */
export function inDeleteOrder<Item extends KubeObject>(objects: readonly Item[]): readonly Item[] {
  return [...inApplyOrder(objects)].reverse();
}

function rank({ kind }: KubeObject): number {
  const index = ORDER.indexOf(kind);
  return index < 0 ? ORDER.length : index;
}
