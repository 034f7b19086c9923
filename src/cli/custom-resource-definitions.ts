import { bundleKind } from '../federation/api';
import { hubKinds } from '../federation';
import { istioKinds } from '../istio';
import { type KindDefinition, type KubeObject, toCustomResourceDefinition } from '../kube/schema';

/** Sets of definitions that an API server can start with. */
export type DefinitionSet = 'flotilla' | 'istio' | 'all';

const flotillaKinds: readonly KindDefinition[] = [...hubKinds, bundleKind];

const SETS: Readonly<Record<DefinitionSet, readonly KindDefinition[]>> = {
  flotilla: flotillaKinds,
  istio: istioKinds,
  all: [...flotillaKinds, ...istioKinds],
};

/** The CustomResourceDefinitions of a set. */
export function customResourceDefinitionsOf(set: DefinitionSet): readonly KubeObject[] {
  return SETS[set].map(toCustomResourceDefinition);
}
