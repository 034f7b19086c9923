import { accessPointKind } from '../../accesspoint';
import type { KindDefinition } from '../../kube/schema';
import { bundleKind, memberClusterKind, meshKind, revisionKind, rolloutKind } from '../api';

/** Every kind that the hub's API server serves. */
export const hubKinds: readonly KindDefinition[] = [
  meshKind,
  memberClusterKind,
  accessPointKind,
  revisionKind,
  rolloutKind,
];

/** Every kind that a gateway cluster needs. */
export const zoneKinds: readonly KindDefinition[] = [bundleKind, meshKind, memberClusterKind];

/** All kinds of Flotilla, each once. */
export const flotillaKinds: readonly KindDefinition[] = [...hubKinds, bundleKind];
