import type { MemberCluster, MemberClusterFacts } from '../../federation/api';
import { formatTime } from '../../kernel';
import type { Bundle } from '../../federation/api';
import { type ConditionNow, mergeConditions } from './conditions';

/** What the agent saw of one cluster of its zone. */
export type ClusterLook =
  | { readonly kind: 'reached'; readonly version: string; readonly facts: MemberClusterFacts }
  | { readonly kind: 'unreachable' | 'unknown'; readonly message: string };

/** What the status of a MemberCluster copy is made from. */
export interface MemberClusterReportInput {
  readonly cluster: MemberCluster;
  readonly look: ClusterLook;
  /** The bundles for this cluster. */
  readonly bundles: readonly Bundle[];
  readonly nowMs: number;
}

/** The fields of a MemberCluster copy's status that the agent owns. */
export type MemberClusterReport = Omit<NonNullable<MemberCluster['status']>, 'certificateRequests'>;

/** The status of a MemberCluster copy. An unreachable cluster keeps the facts that were last seen, with their time. */
export function memberClusterReport({ cluster, look, bundles, nowMs }: MemberClusterReportInput): MemberClusterReport {
  const previous = cluster.status;
  const observedGeneration = cluster.metadata.generation;
  const counts = countBundles(bundles);
  const conditions = mergeConditions(
    previous?.conditions,
    [reachable(look), synced(look, counts), located(look), nodesInZone(cluster, look)],
    {
      nowMs,
      observedGeneration,
    },
  );
  const seen =
    look.kind === 'reached'
      ? { lastContact: formatTime(nowMs), version: look.version, facts: look.facts }
      : pickSeen(previous);
  return { ...(observedGeneration === undefined ? {} : { observedGeneration }), ...seen, conditions, counts };
}

/** How many bundles a cluster has, and how they do. */
export function countBundles(bundles: readonly Bundle[]): { bundles: number; applied: number; failed: number } {
  const inPhase = (phase: string): number => bundles.filter(({ status }) => status?.phase === phase).length;
  return { bundles: bundles.length, applied: inPhase('Applied'), failed: inPhase('Failed') };
}

function pickSeen(previous: MemberCluster['status']): Partial<MemberClusterReport> {
  const { lastContact, version, facts } = previous ?? {};
  return {
    ...(lastContact === undefined ? {} : { lastContact }),
    ...(version === undefined ? {} : { version }),
    ...(facts === undefined ? {} : { facts }),
  };
}

function reachable(look: ClusterLook): ConditionNow {
  if (look.kind === 'reached') {
    return { type: 'Reachable', status: 'True', reason: 'Answered', message: 'the zone reaches its API server' };
  }
  const reason = look.kind === 'unknown' ? 'NoCredentials' : 'Unreachable';
  return { type: 'Reachable', status: 'False', reason, message: look.message };
}

/** Progress, not ping: whether every bundle for the cluster is applied as released. */
function synced(look: ClusterLook, { bundles, applied, failed }: ReturnType<typeof countBundles>): ConditionNow {
  const message = `${applied} of ${bundles} bundles applied, ${failed} failed`;
  if (look.kind !== 'reached') return { type: 'Synced', status: 'Unknown', reason: 'NotReached', message };
  if (applied === bundles) return { type: 'Synced', status: 'True', reason: 'AllApplied', message };
  return { type: 'Synced', status: 'False', reason: failed > 0 ? 'Failed' : 'InProgress', message };
}

/** R6: a gateway without locality labels turns weights into a plain spread by endpoint count, without a word. */
function located(look: ClusterLook): ConditionNow {
  const type = 'GatewaysLocated';
  if (look.kind !== 'reached') return { type, status: 'Unknown', reason: 'NotReached', message: look.message };
  const lost = look.facts.gatewaysWithoutLocality;
  if (lost.length === 0) {
    return {
      type,
      status: 'True',
      reason: 'Labelled',
      message: 'every gateway pod runs on a node with locality labels',
    };
  }
  const message = `locality weights do not apply to ${lost.join(', ')}: label their nodes with topology.kubernetes.io/region and zone`;
  return { type, status: 'False', reason: 'NodesNotLabelled', message };
}

/** R6 for everyone else: rules have a `from` for the zone that the MemberCluster says, so clients on nodes that say another one have none. */
function nodesInZone({ spec }: MemberCluster, look: ClusterLook): ConditionNow {
  const type = 'NodesInZone';
  if (look.kind !== 'reached') return { type, status: 'Unknown', reason: 'NotReached', message: look.message };
  const zone = `${spec?.region ?? ''}/${spec?.zone ?? ''}`;
  const elsewhere = look.facts.nodeLocalities.filter((locality) => locality !== zone);
  if (elsewhere.length === 0)
    return { type, status: 'True', reason: 'Labelled', message: `no node says that it is elsewhere than in ${zone}` };
  const message = `nodes are labelled with ${elsewhere.join(', ')}, and this cluster is in ${zone}: locality weights do not apply to clients on them; correct topology.kubernetes.io/region and zone`;
  return { type, status: 'False', reason: 'LabelledElsewhere', message };
}
