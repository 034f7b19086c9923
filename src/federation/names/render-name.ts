import type { PlacedCluster } from '../../accesspoint';
import {
  type FleetGeography,
  leavingOf,
  type NameRecord,
  nameRecordIn,
  nameRecordOf,
  type NameRendering,
  renderNameService,
  type TargetFacts,
} from '../../nameservice';
import type { KubeObject } from '../../kube/schema';
import type { Bundle } from '../api';
import type { NameSnapshot } from './name-snapshot';

/** What one name in one cluster is rendered from. */
export interface NameInputs {
  readonly owner: { readonly namespace: string; readonly name: string };
  readonly snapshot: NameSnapshot;
  readonly revision: string;
  readonly cluster: PlacedCluster;
  readonly facts: TargetFacts;
  readonly geography: FleetGeography;
  /** Members, by id, that most zones find dead. */
  readonly unhealthy: ReadonlySet<string>;
  /** What the cluster has now: what it loses leaves its mesh later than its DNS. */
  readonly present: NameRecord | undefined;
  readonly nowMs: number;
}

/** The objects of one name in one cluster at one revision, with the facts of this moment. */
export function renderName(inputs: NameInputs): NameRendering {
  const { owner, snapshot, revision, cluster, facts, geography, unhealthy, present, nowMs } = inputs;
  const { name: intent, mesh, clusters } = snapshot;
  const wanted = nameRecordOf({ owner: `${owner.namespace}/${owner.name}`, intent, mesh, facts, geography });
  const leaving = leavingOf(present, wanted, nowMs);
  const record = { ...wanted, members: [...wanted.members, ...leaving.members], former: [...leaving.former] };
  return renderNameService({ owner, intent, meshSpec: mesh, record, clusters, cluster, unhealthy, revision });
}

/** The objects of a bundle; what is none is left out. */
export function objectsIn(bundle: Pick<Bundle, 'spec'> | undefined): readonly KubeObject[] {
  return (bundle?.spec?.manifests ?? []).filter(isObject);
}

/** The record of a name that a bundle carries. */
export function recordInBundle(bundle: Pick<Bundle, 'spec'> | undefined): NameRecord | undefined {
  return nameRecordIn(objectsIn(bundle));
}

/** The schema of Bundle lets any object pass; the hub writes whole ones. */
function isObject(manifest: object): manifest is KubeObject {
  const { apiVersion, kind, metadata } = manifest as Partial<KubeObject>;
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string';
}
