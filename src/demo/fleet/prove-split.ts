import { toFlotillaError } from '../../kernel';
import { buildReport, type CheckedName } from '../report/check-split';
import type { UpReport } from '../report/up-report';
import type { DemoFleet } from './demo-fleet';
import { measureNames } from './measure-names';
import { measurableKinds, measureSplits, type MeasuredSplit, untilServing } from './measure-splits';
import { untilConverged } from './measured-intent';

/** Generous: on a machine that has time for it, both take a few seconds. */
const CONVERGE_TIMEOUT_MS = 60_000;
const SERVE_TIMEOUT_MS = 30_000;

/** What a proof may be told. */
export interface ProofOptions {
  /** Requests from every zone with each client and protocol. */
  readonly requests: number;
  /** When the fleet was begun to be started, for `durationSeconds`; milliseconds since the epoch. */
  readonly startedMs: number;
  readonly nowMs: () => number;
  /** Told about each step, in a few words. */
  readonly onProgress: (message: string) => void;
}

/** Starts the fleet, measures every split that it can send, and reports; what cannot even be started is a reason, not an exception. */
export async function proveSplit(fleet: DemoFleet, options: ProofOptions): Promise<UpReport> {
  const rows: MeasuredSplit[] = [];
  const names: CheckedName[] = [];
  const failures: string[] = [];
  try {
    await fleet.start();
    options.onProgress(`all processes run after ${seconds(options)} s`);
    const intent = await untilConverged(fleet, CONVERGE_TIMEOUT_MS);
    options.onProgress(`converged after ${seconds(options)} s`);
    for (const kind of measurableKinds(fleet)) {
      await untilServing(fleet, intent, kind, SERVE_TIMEOUT_MS);
      options.onProgress(`measuring ${kind}: ${options.requests} requests from each zone`);
      rows.push(...(await measureSplits(fleet, intent, kind, options.requests)));
    }
    options.onProgress('asking for the global name, by DNS and within the mesh');
    names.push(...(await measureNames(fleet, intent, SERVE_TIMEOUT_MS)));
  } catch (cause) {
    failures.push(toFlotillaError(cause).message);
  }
  return buildReport(rows, {
    names,
    durationSeconds: Number(seconds(options)),
    maxCrossings: Math.max(0, ...rows.map(({ maxCrossings }) => maxCrossings)),
    failures,
    notes: fleet.hasGateways ? [] : ['no Envoy was found, so HTTP and HTTPS through gateways were not measured'],
  });
}

function seconds({ startedMs, nowMs }: ProofOptions): string {
  return ((nowMs() - startedMs) / 1000).toFixed(1);
}
