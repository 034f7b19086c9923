import { readFile } from 'node:fs/promises';
import { FlotillaError, systemClock } from '../../kernel';
import { KubeClient, parseKubeconfig } from '../../kube';
import { startZone, type ZoneSettings } from '../../zone';
import { createProcessLogger } from '../process-logger';
import { announceReady, untilStopped } from '../until-stopped';

/** Options of `flotilla zone`. */
export interface ZoneOptions {
  readonly cluster?: string;
  readonly kubeconfig?: string;
  readonly xds?: string;
  readonly tlsXds?: string;
  readonly debug?: string;
  readonly primary?: string;
}

/** Runs a zone until it is told to stop: agent, pilot and citadel beside the gateway cluster of `--kubeconfig`. */
export async function run(options: ZoneOptions): Promise<void> {
  const { cluster, kubeconfig } = options;
  if (cluster === undefined || cluster === '')
    throw badOption('--cluster is missing', 'give the name of the gateway cluster');
  if (kubeconfig === undefined)
    throw badOption('--kubeconfig is missing', 'give the kubeconfig file of the gateway cluster');
  const logger = createProcessLogger({ process: 'zone', cluster });
  const client = new KubeClient({ ...parseKubeconfig(await readFile(kubeconfig, 'utf8')), cluster });
  const { xds = '127.0.0.1:15010', tlsXds = '127.0.0.1:15012', debug = '127.0.0.1:15014' } = options;
  const zone = await startZone({
    ...{ cluster, client, xds, tlsXds, debug, primary: parsePrimary(options.primary) },
    ...{ clock: systemClock, random: Math.random, logger },
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

function parsePrimary(text = 'flotilla'): ZoneSettings['primary'] {
  if (text === 'flotilla' || text === 'istiod') return text;
  throw badOption(`--primary ${text} is no kind of primary`, 'give flotilla or istiod');
}

function badOption(message: string, hint: string): FlotillaError {
  return new FlotillaError(`flotilla zone: ${message}`, { code: 'FLO5010', retry: 'after-change', hint });
}
