import { FlotillaError, systemClock } from '../../kernel';
import { parseScenario, type ScenarioOptions, simulate, type Simulation } from '../../simulate';
import { formatSimulation } from '../format-simulation';
import { readObjects } from '../read-objects';
import { overlay, readSavedPlan } from '../saved-plan';
import { styleFor } from '../terminal-style';
import { formatFinding } from './render-command';

/** Options of `flotilla simulate`. */
export interface SimulateOptions extends Omit<ScenarioOptions, 'noLocality'> {
  readonly file: readonly string[];
  /** Of --no-locality: commander takes the `no-` off. */
  readonly locality?: readonly string[];
  /** A plan saved by `flotilla plan --out`, taken as applied everywhere. */
  readonly plan?: string;
  readonly refuseOverload?: boolean;
  readonly output?: string;
}

/**
 * Prints where the requests of every client zone would go in a scenario. Findings go to stderr.
 * @throws FlotillaError FLO3090 for an option that cannot be understood, FLO3091 without files, FLO3092 when the objects have errors,
 *   FLO3093 with --refuse-overload when a zone would have to serve more than it declares
 */
export async function run(options: SimulateOptions): Promise<void> {
  const { file, plan, locality = [], output = 'text', refuseOverload = false } = options;
  const scenario = parseScenario({ ...options, noLocality: locality });
  if (file.length === 0) {
    throw new FlotillaError('nothing to simulate: no file was given', {
      code: 'FLO3091',
      hint: 'name files or folders of hub objects, with the facts in their status, with -f',
    });
  }
  const given = (await readObjects(file)).map(({ object }) => object);
  const objects = plan === undefined ? given : overlay(given, await readSavedPlan(plan));
  const simulation = simulate({ objects, scenario, nowMs: systemClock.nowMs() });
  for (const finding of simulation.findings) process.stderr.write(`${formatFinding(finding)}\n`);
  refuseErrors(simulation);
  process.stdout.write(render(simulation, output));
  if (refuseOverload && simulation.overloaded) throw overloaded();
}

function refuseErrors({ findings }: Simulation): void {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (errors === 0) return;
  throw new FlotillaError(`${errors} errors in the objects; what is not accepted has no shares`, {
    code: 'FLO3092',
    retry: 'after-change',
    hint: 'the findings above name the fields',
  });
}

function overloaded(): FlotillaError {
  return new FlotillaError('some zone would have to serve more than it declares it can', {
    code: 'FLO3093',
    retry: 'after-change',
    hint: 'add capacity there, or spread the failover with spec.runtime.locality',
  });
}

function render(simulation: Simulation, format: string): string {
  if (format === 'json') return `${JSON.stringify(simulation, undefined, 2)}\n`;
  if (format === 'text') return formatSimulation(simulation, styleFor(process.stdout, process.env));
  throw new FlotillaError(`unknown output format "${format}"`, { code: 'FLO3082', hint: 'write text or json' });
}
