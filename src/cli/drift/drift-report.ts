import { type Bundle, bundleKind, type MemberCluster, memberClusterKind, SYSTEM_NAMESPACE } from '../../federation/api';
import { ClusterClients, type ContextOf } from '../../federation/hub';
import { systemClock, toFlotillaError } from '../../kernel';
import { type KubeClient, mapLimited } from '../../kube';
import { type LiveDifference, liveDrift } from './live-drift';

/** One field that is not as it was released. */
export interface DriftRow {
  readonly cluster: string;
  readonly owner: string;
  /** `Kind/namespace/name` */
  readonly object: string;
  readonly path: string;
  readonly wanted: string;
  readonly found: string;
  /** When its zone saw it first; absent where the zone has not. */
  readonly firstSeen?: string;
  /**
   * `now`: found in the cluster just now; `reported`: its zone says so, and the cluster could not be asked or has not applied yet what was
   * released since; `repaired`: its zone said so, and it is not there any more.
   */
  readonly state: 'now' | 'reported' | 'repaired';
}

/** A cluster, and why something is not known of it. */
export interface UnknownCluster {
  readonly cluster: string;
  readonly reason: string;
}

/** What clusters have that was not released to them, in the shape of `flotilla diff -o json`. */
export interface DriftReport {
  readonly kind: 'Drift';
  readonly drift: readonly DriftRow[];
  /** Clusters that were looked at, and how they were reached. */
  readonly asked: readonly { readonly cluster: string; readonly with: string }[];
  /** Clusters of which only the report of their zone is known. */
  readonly notAsked: readonly UnknownCluster[];
  /** Gateway clusters that could not be asked: what was released to their zones is not known. */
  readonly unknown: readonly UnknownCluster[];
}

const CLUSTERS_AT_ONCE = 32;

/**
 * Looks at every cluster that has something released to it. What that is stands in the bundles of its gateway cluster; what it has now it is
 * asked itself, where the hub's credentials or the person's contexts reach it. One dead cluster hides no other.
 */
export async function readDrift(hub: KubeClient, contextOf: ContextOf): Promise<DriftReport> {
  const { items } = await hub.list<MemberCluster>(memberClusterKind);
  const clients = new ClusterClients(hub, items, contextOf);
  try {
    const istiods = new Set(
      items.flatMap(({ metadata, status }) => (status?.facts?.primary === 'istiod' ? [metadata.name] : [])),
    );
    const gateways = items.filter(({ spec }) => spec?.role === 'Gateway').map(({ metadata }) => metadata.name);
    const zones = await mapLimited(gateways, CLUSTERS_AT_ONCE, async (cluster) => ({
      cluster,
      bundles: await bundlesIn(clients, cluster),
    }));
    const bundles = zones.flatMap((zone) => (typeof zone.bundles === 'string' ? [] : zone.bundles));
    const looks = await mapLimited([...byCluster(bundles)], CLUSTERS_AT_ONCE, ([cluster, own]) =>
      lookAt(clients, cluster, { bundles: own, weightsMove: istiods.has(cluster) }),
    );
    return {
      kind: 'Drift',
      drift: looks.flatMap(({ rows }) => rows),
      asked: looks.flatMap(({ cluster, by }) => (by === undefined ? [] : [{ cluster, with: by }])),
      notAsked: looks.flatMap(({ cluster, reason }) => (reason === undefined ? [] : [{ cluster, reason }])),
      unknown: zones.flatMap((zone) =>
        typeof zone.bundles === 'string' ? [{ cluster: zone.cluster, reason: zone.bundles }] : [],
      ),
    };
  } finally {
    await clients.close();
  }
}

async function bundlesIn(clients: ClusterClients, cluster: string): Promise<readonly Bundle[] | string> {
  const reached = await clients.reach(cluster);
  if (typeof reached === 'string') return reached;
  try {
    return (await reached.client.list<Bundle>(bundleKind, { namespace: SYSTEM_NAMESPACE })).items;
  } catch (cause) {
    return toFlotillaError(cause).message;
  }
}

function byCluster(bundles: readonly Bundle[]): ReadonlyMap<string, readonly Bundle[]> {
  const clusters = new Map<string, Bundle[]>();
  for (const bundle of bundles) {
    if (bundle.spec === undefined) continue;
    const known = clusters.get(bundle.spec.cluster);
    if (known === undefined) clusters.set(bundle.spec.cluster, [bundle]);
    else known.push(bundle);
  }
  return new Map([...clusters].sort(([left], [right]) => (left < right ? -1 : 1)));
}

interface Look {
  readonly cluster: string;
  readonly rows: readonly DriftRow[];
  /** How it was asked. */
  readonly by?: string;
  /** Why it was not. */
  readonly reason?: string;
}

async function lookAt(
  clients: ClusterClients,
  cluster: string,
  { bundles, weightsMove }: { readonly bundles: readonly Bundle[]; readonly weightsMove: boolean },
): Promise<Look> {
  const reached = await clients.reach(cluster);
  if (typeof reached === 'string') return reportOf(cluster, bundles, reached);
  try {
    // What a zone has not applied yet is no drift, and what it tells of such a bundle was not looked at.
    const applied = bundles.filter(isApplied);
    const behind = bundles.filter((bundle) => !isApplied(bundle));
    const rows = withReports(
      applied,
      await liveDrift(reached.client, applied, { nowMs: systemClock.nowMs(), weightsMove }),
    );
    return {
      cluster,
      by: reached.by,
      rows: [...rows, ...behind.flatMap((bundle) => reportedRows(bundle, 'reported'))],
    };
  } catch (cause) {
    return reportOf(cluster, bundles, toFlotillaError(cause).message);
  }
}

function isApplied({ spec, status }: Bundle): boolean {
  return status?.appliedDigest === spec?.digest;
}

function reportOf(cluster: string, bundles: readonly Bundle[], reason: string): Look {
  return { cluster, reason, rows: bundles.flatMap((bundle) => reportedRows(bundle, 'reported')) };
}

/** What was found just now, since when its zone knows of it, and what the zone tells of that is gone again. */
function withReports(bundles: readonly Bundle[], found: readonly LiveDifference[]): readonly DriftRow[] {
  return bundles.flatMap((bundle) => {
    const reported = reportedRows(bundle, 'repaired');
    const live = found.filter((row) => row.bundle === bundle.metadata.name);
    const rows = live.map(({ bundle: _bundle, ...difference }): DriftRow => {
      const known = reported.find((row) => isSame(row, difference));
      const since = known?.firstSeen === undefined ? {} : { firstSeen: known.firstSeen };
      return { ...namesOf(bundle), ...difference, ...since, state: 'now' };
    });
    return [...rows, ...reported.filter((row) => !live.some((difference) => isSame(row, difference)))];
  });
}

function reportedRows(bundle: Bundle, state: DriftRow['state']): readonly DriftRow[] {
  return (bundle.status?.drift ?? []).map((row) => ({ ...namesOf(bundle), ...row, state }));
}

function namesOf({ spec }: Bundle): Pick<DriftRow, 'cluster' | 'owner'> {
  const { kind = '', namespace = '', name = '' } = spec?.owner ?? {};
  return { cluster: spec?.cluster ?? '', owner: `${kind} ${namespace}/${name}` };
}

function isSame(left: Pick<DriftRow, 'object' | 'path'>, right: Pick<DriftRow, 'object' | 'path'>): boolean {
  return left.object === right.object && left.path === right.path;
}
