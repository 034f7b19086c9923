import { stagesOf, type ClusterLabels } from '../rollout';
import type { ClusterChange } from './cluster-change';
import type { Exposure, OwnerState, TrafficBasis } from './owner-state';

/** One step of the release and what it can hurt. */
export interface BlastStage {
  /** Of the rollout strategy; `rest` for what no stage takes, `withdraw` for clusters that leave. */
  readonly name: string;
  /** Clusters that are changed at once. */
  readonly clusters: readonly string[];
  /** Host → fraction of its traffic that passes the clusters of this stage. */
  readonly traffic: Readonly<Record<string, number>>;
  /** Largest of them: the worst that this stage can do to one host. */
  readonly worst: number;
}

/** Who notices when the change is bad. */
export interface BlastRadius {
  readonly hosts: readonly string[];
  readonly vips: readonly string[];
  /** Where the shares come from; the weakest of what was used. */
  readonly basis: TrafficBasis;
  /** In release order: the first is the canary. Owners are released beside one another, each step with the same step of the others. */
  readonly stages: readonly BlastStage[];
}

/** One owner with the clusters that it changes. */
export interface TouchedOwner {
  readonly owner: OwnerState;
  readonly clusters: ReadonlySet<string>;
}

const WEAKNESS: readonly TrafficBasis[] = ['measured', 'endpoints', 'even'];

/** Computes the blast radius of what some owners change, step by step as their rollout strategies release it. */
export function blastRadiusOf(
  touched: readonly TouchedOwner[],
  clusters: readonly ClusterChange[],
  labels: ClusterLabels,
): BlastRadius {
  const ready = new Set(clusters.filter(({ state }) => state === 'ready').map(({ cluster }) => cluster));
  const owners = touched.map((one) => ({ ...one, steps: stepsOf(one, ready, labels) }));
  const length = Math.max(0, ...owners.map(({ steps }) => steps.length));
  const bases = touched.map(({ owner }) => WEAKNESS.indexOf(owner.traffic.basis));
  return {
    hosts: sortedUnion(touched.map(({ owner }) => owner.hosts)),
    vips: sortedUnion(touched.map(({ owner }) => owner.vips)),
    basis: WEAKNESS[Math.max(0, ...bases)] ?? 'even',
    stages: Array.from({ length }, (_, index) =>
      stageOf(owners.flatMap(({ owner, steps }) => (steps[index] ? [{ owner, step: steps[index] }] : []))),
    ),
  };
}

interface Step {
  readonly name: string;
  readonly clusters: readonly string[];
}

/** The clusters that a stage releases at once make a step; what leaves comes last, one cluster after another. */
function stepsOf({ owner, clusters }: TouchedOwner, ready: ReadonlySet<string>, labels: ClusterLabels): Step[] {
  const placed = owner.target?.snapshot.clusters ?? [];
  const names = new Set(placed.map(({ name }) => name));
  const mine = (name: string): boolean => clusters.has(name) && ready.has(name);
  const steps = stagesOf(owner.strategy, placed, labels).flatMap(({ name, clusters: staged, maxConcurrency }) =>
    chunks(staged.map((cluster) => cluster.name).filter(mine), maxConcurrency).map((some) => ({
      name,
      clusters: some,
    })),
  );
  const leaving = [...clusters].filter((name) => !names.has(name) && ready.has(name)).sort();
  return [...steps, ...leaving.map((name) => ({ name: 'withdraw', clusters: [name] }))];
}

function chunks(items: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function stageOf(parts: readonly { readonly owner: OwnerState; readonly step: Step }[]): BlastStage {
  const traffic: Record<string, number> = {};
  for (const { owner, step } of parts) {
    const share = shareOf(owner.traffic.exposures.filter(({ cluster }) => step.clusters.includes(cluster)));
    for (const host of owner.hosts) traffic[host] = Math.max(traffic[host] ?? 0, share);
  }
  const sorted = Object.fromEntries(Object.entries(traffic).sort(([left], [right]) => (left < right ? -1 : 1)));
  return {
    name: [...new Set(parts.map(({ step }) => step.name))].sort().join(', '),
    clusters: sortedUnion(parts.map(({ step }) => step.clusters)),
    traffic: sorted,
    worst: Math.max(0, ...Object.values(sorted)),
  };
}

/** What a zone's clients send passes its gateway cluster, and what lands in a zone is shared by its workload clusters: the larger is what a zone can lose. */
function shareOf(exposures: readonly Exposure[]): number {
  const byZone = new Map<string, { sent: number; served: number }>();
  for (const { zone, sent, served } of exposures) {
    const known = byZone.get(zone) ?? { sent: 0, served: 0 };
    byZone.set(zone, { sent: Math.max(known.sent, sent), served: known.served + served });
  }
  const sum = [...byZone.values()].reduce((total, { sent, served }) => total + Math.max(sent, served), 0);
  // Four digits are more than such numbers are good for, and keep the text stable.
  return Math.min(1, Math.round(sum * 10_000) / 10_000);
}

function sortedUnion(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())].sort();
}
