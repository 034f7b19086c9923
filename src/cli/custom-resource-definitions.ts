import { accessPointKind } from '../accesspoint';
import { bundleKind, memberClusterKind, meshKind, revisionKind, rolloutKind } from '../federation/api';
import { istioKinds } from '../istio';
import { type KindDefinition, type KubeObject, toCustomResourceDefinition } from '../kube/schema';
import { nameServiceKind } from '../nameservice';

/** Sets of definitions that an API server can start with. */
export type DefinitionSet = 'flotilla' | 'istio' | 'all';

const flotillaKinds: readonly KindDefinition[] = [
  meshKind,
  memberClusterKind,
  accessPointKind,
  nameServiceKind,
  revisionKind,
  rolloutKind,
  bundleKind,
];

const SETS: Readonly<Record<DefinitionSet, readonly KindDefinition[]>> = {
  flotilla: flotillaKinds,
  istio: istioKinds,
  all: [...flotillaKinds, ...istioKinds],
};

/** The CustomResourceDefinitions of a set. */
export function customResourceDefinitionsOf(set: DefinitionSet): readonly KubeObject[] {
  return SETS[set].map(toCustomResourceDefinition);
}
