import { collectDefaultMetrics, Registry } from 'prom-client';
import { FlotillaError, systemClock } from '../../kernel';
import { type ConnectionOptions, createKubeMetrics, inClusterConnection, KubeClient } from '../../kube';
import { startZone, type ZoneSettings } from '../../zone';
import { connectionIn } from '../kubeconfig-files';
import { createProcessLogger } from '../process-logger';
import { announceReady, untilStopped } from '../until-stopped';

/** Options of `flotilla zone`. */
export interface ZoneOptions {
  readonly cluster?: string;
  readonly kubeconfig?: string;
  /** The gateway cluster is the one that this pod runs in. */
  readonly inCluster?: boolean;
  readonly xds?: string;
  readonly tlsXds?: string;
  readonly debug?: string;
  readonly primary?: string;
  readonly dns?: string;
  readonly webhook?: string;
}

/** Runs a zone until it is told to stop: agent, pilot and citadel beside the gateway cluster of `--kubeconfig`. */
export async function run(options: ZoneOptions): Promise<void> {
  const { cluster } = options;
  if (cluster === undefined || cluster === '')
    throw badOption('--cluster is missing', 'give the name of the gateway cluster');
  const logger = createProcessLogger({ process: 'zone', cluster });
  const registry = new Registry();
  const metrics = createKubeMetrics(registry);
  collectDefaultMetrics({ register: registry });
  const client = new KubeClient({ ...(await connectionOf(options)), cluster }, { metrics });
  const { xds = '127.0.0.1:15010', tlsXds = '127.0.0.1:15012', debug = '127.0.0.1:15014' } = options;
  const zone = await startZone({
    ...{ cluster, client, xds, tlsXds, debug, primary: parsePrimary(options.primary) },
    ...(options.dns === undefined ? {} : { dns: options.dns }),
    ...(options.webhook === undefined ? {} : { webhook: options.webhook }),
    ...{ clock: systemClock, random: Math.random, logger, registry, queueMetrics: metrics.queue },
  });
  const stopped = untilStopped();
  const outcome = await Promise.race([zone.ready, stopped]);
  if (typeof outcome !== 'string') {
    announceReady({ ...outcome });
    await stopped;
  }
  await zone.close();
  await client.close();
}

async function connectionOf({ kubeconfig, inCluster }: ZoneOptions): Promise<ConnectionOptions> {
  if (inCluster === true) return inClusterConnection();
  if (kubeconfig !== undefined) return connectionIn(kubeconfig);
  const hint = 'give the kubeconfig file of the gateway cluster, or --in-cluster in a pod of it';
  throw badOption('--kubeconfig is missing', hint);
}

function parsePrimary(text = 'flotilla'): ZoneSettings['primary'] {
  if (text === 'flotilla' || text === 'istiod') return text;
  throw badOption(`--primary ${text} is no kind of primary`, 'give flotilla or istiod');
}

function badOption(message: string, hint: string): FlotillaError {
  return new FlotillaError(`flotilla zone: ${message}`, { code: 'FLO5010', retry: 'after-change', hint });
}
