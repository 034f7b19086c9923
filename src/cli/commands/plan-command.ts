import { type ChangePlan, planOffline } from '../../federation';
import { FlotillaError, systemClock } from '../../kernel';
import { formatPlan } from '../format-plan';
import { readObjects } from '../read-objects';
import { savedPlanOf, writeSavedPlan } from '../saved-plan';
import { styleFor } from '../terminal-style';
import { formatFinding } from './render-command';

/** Options of `flotilla plan`. */
export interface PlanOptions {
  /** The set of hub objects as it is: file or folder. */
  readonly base?: string;
  /** The set as it is to be. */
  readonly file: readonly string[];
  /** File to save the plan in. */
  readonly out?: string;
  readonly output?: string;
}

/** Exit codes: nothing would change, something would. An error is 1, as everywhere. */
const EXIT_UNCHANGED = 0;
const EXIT_CHANGED = 2;

/**
 * Prints what a change of hub objects would do to every cluster, without touching anything; findings go to stderr.
 * Ends with exit code 0 when nothing would change and 2 when something would.
 * @throws FlotillaError FLO3080 when --base or -f is missing, FLO3081 when the new set has errors, FLO3082 for an unknown format
 */
export async function run({ base, file, out, output = 'text' }: PlanOptions): Promise<void> {
  if (base === undefined || file.length === 0) {
    throw new FlotillaError('nothing to compare: give the set as it is with --base and the new one with -f', {
      code: 'FLO3080',
      hint: 'for a pull request: flotilla plan --base main/fleet -f fleet',
    });
  }
  const [before, after] = await Promise.all([readObjects([base]), readObjects(file)]);
  const next = after.map(({ object }) => object);
  const plan = planOffline(
    before.map(({ object }) => object),
    next,
    systemClock.nowMs(),
  );
  for (const finding of plan.findings) process.stderr.write(`${formatFinding(finding)}\n`);
  refuseErrors(plan);
  if (out !== undefined) await writeSavedPlan(out, savedPlanOf(plan, next));
  process.stdout.write(render(plan, output));
  process.exitCode = plan.clusters.length + plan.intent.length === 0 ? EXIT_UNCHANGED : EXIT_CHANGED;
}

/** An object with errors renders nothing, which must not look like a plan to delete it. */
function refuseErrors({ findings }: ChangePlan): void {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (errors === 0) return;
  throw new FlotillaError(`${errors} errors in the new set; there is no plan until they are gone`, {
    code: 'FLO3081',
    retry: 'after-change',
    hint: 'the findings above name the fields',
  });
}

function render(plan: ChangePlan, format: string): string {
  if (format === 'json') return `${JSON.stringify(plan, undefined, 2)}\n`;
  if (format === 'text') return formatPlan(plan, styleFor(process.stdout, process.env));
  throw new FlotillaError(`unknown output format "${format}"`, { code: 'FLO3082', hint: 'write text or json' });
}
