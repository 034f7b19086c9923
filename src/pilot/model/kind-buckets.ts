import type { ReadableKind, ReadableKinds } from '../../istio';
import { readObject } from '../../istio';
import type { Finding } from '../../kernel';
import type { KubeObject } from '../../kube/schema';

/** One object and the cluster it was read from. */
export interface ClusterObject {
  readonly cluster: string;
  readonly object: KubeObject;
}

/** Objects of each kind, read, with their clusters. */
export type KindBuckets = {
  readonly [Kind in ReadableKind]: { readonly cluster: string; readonly object: ReadableKinds[Kind] }[];
};

/** The objects by kind; what does not fit its schema as findings; the kinds that discovery does not read. */
export interface SortedObjects {
  readonly buckets: KindBuckets;
  readonly findings: readonly Finding[];
  readonly unknownKinds: ReadonlySet<string>;
}

/** Reads every object into the bucket of its kind. */
export function sortIntoBuckets(objects: readonly ClusterObject[]): SortedObjects {
  const buckets = emptyBuckets();
  const findings: Finding[] = [];
  const unknownKinds = new Set<string>();
  for (const { cluster, object } of objects) {
    const result = readObject(object);
    if (result.state === 'read') {
      const bucket: { readonly cluster: string; readonly object: KubeObject }[] = buckets[result.kind];
      bucket.push({ cluster, object: result.object });
    } else if (result.state === 'invalid') findings.push(...result.findings);
    else unknownKinds.add(`${object.apiVersion}/${object.kind}`);
  }
  return { buckets, findings, unknownKinds };
}

function emptyBuckets(): KindBuckets {
  return {
    Gateway: [],
    VirtualService: [],
    DestinationRule: [],
    ServiceEntry: [],
    WorkloadEntry: [],
    WorkloadGroup: [],
    Sidecar: [],
    PeerAuthentication: [],
    RequestAuthentication: [],
    AuthorizationPolicy: [],
    Telemetry: [],
    Service: [],
    EndpointSlice: [],
    Pod: [],
    Node: [],
    Namespace: [],
    Secret: [],
  };
}
