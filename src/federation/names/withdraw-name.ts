import { parseZoneName } from '../../kernel';
import { type NameService, withdrawnManifests } from '../../nameservice';
import type { Bundle } from '../api';
import { bundleSpecOf } from '../bundle';
import type { BundleChange, ZoneView } from '../release';
import { objectsIn, recordInBundle } from './render-name';

/** What the next step of a deletion is. */
export interface NameWithdrawal {
  /** Bundles without the name in DNS; to write before anything is removed. */
  readonly write: readonly BundleChange[];
  /** When the bundles themselves may go, in milliseconds since the epoch. */
  readonly removeAtMs: number;
}

/**
 * A deleted name leaves DNS at once and the mesh a TTL later: whoever was told an address before may still call it by the name. The
 * longest TTL that any zone told counts, from the deletion on.
 */
export function withdrawName(
  service: NameService,
  zones: ReadonlyMap<string, ZoneView>,
  epoch: number,
): NameWithdrawal {
  // The deletion is written down in whole seconds: rather a moment too long than too short.
  const deletedMs = (Date.parse(service.metadata.deletionTimestamp ?? '') || 0) + 1000;
  const ttls: number[] = [];
  const write: BundleChange[] = [];
  for (const { gateway, held, bundles } of zones.values()) {
    for (const bundle of bundles.values()) {
      const record = recordInBundle(bundle);
      if (record === undefined || bundle.spec === undefined) continue;
      ttls.push(record.ttlSeconds);
      if (held === undefined && record.withdrawn !== true)
        write.push({ gateway, bundle: withdrawn(bundle, bundle.spec, epoch) });
    }
  }
  return { write, removeAtMs: ttls.length === 0 ? 0 : deletedMs + Math.max(...ttls) * 1000 };
}

function withdrawn({ apiVersion, kind, metadata }: Bundle, spec: NonNullable<Bundle['spec']>, epoch: number): Bundle {
  const { name, namespace, labels } = metadata;
  const manifests = withdrawnManifests(objectsIn({ spec }));
  const { owner, mesh, revision, cluster, zone } = spec;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...(labels === undefined ? {} : { labels }) },
    spec: bundleSpecOf({
      owner: { ...owner, namespace: owner.namespace ?? 'default' },
      ...{ mesh, revision, epoch, manifests, cluster: { name: cluster, zone: parseZoneName(zone) } },
    }),
  };
}
