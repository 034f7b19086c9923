import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  cacheFolder,
  claimDataFolder,
  DemoFleet,
  type DemoFleetOptions,
  findEnvoy,
  installEnvoy,
  proveSplit,
  renderReport,
} from '../../demo';
import { LiveFleet } from '../../demo/live';
import { FlotillaError, systemClock } from '../../kernel';
import { untilStopped } from '../until-stopped';

/** Options of `flotilla up`. */
export interface UpOptions {
  readonly zones: string;
  readonly data?: string;
  readonly once?: boolean;
  readonly withEnvoy?: boolean;
  readonly output?: string;
}

/** Requests from every zone with each client and protocol in `up --once`. */
const PROOF_REQUESTS = 10_000;

/**
 * Runs the whole system on this machine, until it is stopped, or with `--once` until the split is proven.
 * @throws FlotillaError FLO6001 when it cannot have so many zones, FLO3064 for an unknown format, and as the fleet
 */
export async function run(options: UpOptions): Promise<void> {
  const zoneCount = parseZoneCount(options.zones);
  checkOutput(options);
  const stopped = untilStopped();
  const envoy = options.withEnvoy ? await installEnvoy(cacheFolder()) : findEnvoy(process.env, cacheFolder());
  const dataFolder = options.data ?? (options.once ? newFolder() : join(cacheFolder(), 'up'));
  const releaseData = claimDataFolder(dataFolder);
  const fleet = { zoneCount, dataFolder, ...(envoy === undefined ? {} : { envoy }) };
  try {
    if (options.once) await proveOnce(fleet, options, stopped);
    else await runLive(fleet, stopped);
  } finally {
    releaseData();
  }
}

async function proveOnce(
  fleetOptions: DemoFleetOptions,
  options: UpOptions,
  stopped: Promise<NodeJS.Signals>,
): Promise<void> {
  const startedMs = Date.now();
  const onProgress = (message: string): void => void process.stderr.write(`${message}\n`);
  const fleet = await DemoFleet.create(fleetOptions);
  const proof = proveSplit(fleet, { requests: PROOF_REQUESTS, startedMs, nowMs: Date.now, onProgress });
  const report = await Promise.race([proof, stopped]).finally(() => fleet.stop());
  if (typeof report === 'string') {
    process.exitCode = 130;
    return;
  }
  const text = options.output === 'json' ? JSON.stringify(report, undefined, 2) : renderReport(report);
  process.stdout.write(`${text}\n`);
  process.exitCode = report.ok ? 0 : 1;
  if (report.ok && options.data === undefined) fleet.removeData();
  else onProgress(`logs and state: ${fleetOptions.dataFolder}`);
}

async function runLive(fleetOptions: DemoFleetOptions, stopped: Promise<NodeJS.Signals>): Promise<void> {
  const live = new LiveFleet(process.stdout, systemClock);
  process.stdout.write(`starting the fleet in ${fleetOptions.dataFolder} …\n`);
  const fleet = await DemoFleet.create({ ...fleetOptions, onChange: (id, state) => live.onChange(id, state) });
  const run = async (): Promise<never> => {
    await fleet.start();
    await live.start(fleet);
    return new Promise<never>(() => undefined);
  };
  try {
    await Promise.race([run(), stopped]);
  } finally {
    process.stdout.write('stopping …\n');
    await live.stop();
    await fleet.stop();
  }
}

function parseZoneCount(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new FlotillaError(`the demo cannot have "${text}" zones`, {
    code: 'FLO6001',
    retry: 'after-change',
    hint: 'give --zones a whole number',
  });
}

function checkOutput({ output = 'text' }: UpOptions): void {
  if (['text', 'json'].includes(output)) return;
  throw new FlotillaError(`unknown output format "${output}"`, {
    code: 'FLO3064',
    retry: 'after-change',
    hint: 'write text, or json with --once',
  });
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'flotilla-up-'));
}
