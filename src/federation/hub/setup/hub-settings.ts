import type { Clock, Logger } from '../../../kernel';
import type {
  ConnectionOptions,
  KeyedQueueOptions,
  KubeClient,
  LeaderElection,
  QueueMetrics,
  Random,
} from '../../../kube';

/** What a hub is given by whoever starts it. */
export interface HubSettings {
  /** The hub's own API server. */
  readonly client: KubeClient;
  /** Makes a client for a gateway cluster; the hub closes it. */
  readonly connect: (connection: ConnectionOptions) => KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Where the hub's queues count. Requests and caches count where their clients do. */
  readonly queueMetrics?: QueueMetrics;
  /** Left out where nobody else can be the hub, as over an embedded API server; then this process always leads. */
  readonly election?: Pick<LeaderElection, 'leadership' | 'onChange' | 'start' | 'stop'>;
}

/** What every queue of the hub is made with. */
export function queueParts({
  clock,
  random,
  logger,
  queueMetrics,
}: HubSettings): Pick<KeyedQueueOptions<string>, 'clock' | 'random' | 'logger' | 'metrics'> {
  return { clock, random, logger, ...(queueMetrics === undefined ? {} : { metrics: queueMetrics }) };
}

/**
 * The fencing epoch to write with; undefined while another process leads, and then nothing may be decided or written. A zone refuses bundles of an
 * older epoch than it has seen.
 */
export function currentEpoch({ election }: HubSettings): number | undefined {
  if (election === undefined) return 0;
  const { leadership } = election;
  return leadership.isLeader ? leadership.epoch : undefined;
}

/** Injection token of {@link HubSettings}. */
export const HUB_SETTINGS = Symbol('HubSettings');
