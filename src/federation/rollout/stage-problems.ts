import { type MemberCluster, matchesSelector, type RolloutStage, type RolloutStrategy } from '../api';

/** A stage of a strategy that no release can ever have a cluster in, and why. */
export interface StageProblem {
  readonly stage: string;
  readonly message: string;
}

/**
 * The stages that can match no cluster of the hub, wherever the owner is placed. What `count` takes depends on the placement, so only names,
 * selectors, and stages that surely leave nothing, take clusters from later stages here.
 */
export function stageProblems({ stages }: RolloutStrategy, clusters: readonly MemberCluster[]): StageProblem[] {
  const all = clusters.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  let left = all;
  let percent = 0;
  return stages.flatMap((stage) => {
    const matched = all.filter((cluster) => matches(stage, cluster));
    const message = problemOf(stage, { all, matched, isLeft: left.some((cluster) => matched.includes(cluster)) });
    percent += stage.percent ?? 0;
    // Each stage rounds up, so that percents of 100 and more leave nothing.
    if (takesAll(stage) || percent >= 100) left = [];
    else if (isFixed(stage)) left = left.filter((cluster) => !matched.includes(cluster));
    return message === undefined ? [] : [{ stage: stage.name, message }];
  });
}

interface StageMatches {
  readonly all: readonly MemberCluster[];
  readonly matched: readonly MemberCluster[];
  readonly isLeft: boolean;
}

function problemOf({ clusters, selector }: RolloutStage, { all, matched, isLeft }: StageMatches): string | undefined {
  if (isLeft) return undefined;
  if (all.length === 0) return 'the hub has no MemberCluster';
  if (matched.length > 0) return 'the stages before it take every cluster that it could have';
  if (clusters !== undefined) return `there is no MemberCluster ${clusters.join(', ')}`;
  return selector === undefined ? undefined : `its selector fits none of ${all.length} clusters`;
}

function matches({ clusters, selector }: RolloutStage, { metadata }: MemberCluster): boolean {
  if (clusters !== undefined) return clusters.includes(metadata.name);
  return selector === undefined || matchesSelector(selector, metadata.labels);
}

function isFixed({ clusters, selector }: RolloutStage): boolean {
  return clusters !== undefined || selector !== undefined;
}

function takesAll({ clusters, selector, count, percent }: RolloutStage): boolean {
  return clusters === undefined && selector === undefined && count === undefined && percent === undefined;
}
