import { stringify } from 'yaml';
import { type ChangePlan, planOffline } from '../../federation';
import { FlotillaError, systemClock } from '../../kernel';
import { formatPlan } from '../format-plan';
import { openHub } from '../hub-client';
import { clusterContexts } from '../kubeconfig-files';
import { inNamespace, planOnHub } from '../../federation/hub';
import { readObjects } from '../read-objects';
import { createdBy, type SavedPlan, savedPlanOf, writeSavedPlan } from '../saved-plan';
import { styleFor } from '../terminal-style';
import { formatFinding } from './render-command';

/** Options of `flotilla plan`. */
export interface PlanOptions {
  /** The set of hub objects as it is: file or folder. Without it the change is planned against a hub. */
  readonly base?: string;
  /** The whole set as it is to be; against a hub, only what changes. */
  readonly file: readonly string[];
  /** Against a hub: the objects of the files are to be deleted. */
  readonly delete?: boolean;
  readonly kubeconfig?: string;
  /** Contexts that lead to clusters, as `CLUSTER=CONTEXT`; against a hub. */
  readonly clusterContext?: readonly string[];
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
 * @throws FlotillaError FLO3080 when -f is missing, FLO3081 when the change has errors, FLO3082 for an unknown format, FLO3084 without
 *   --base and without a hub, FLO3114 for a context that is not there, FLO3085 for what is no hub object, and what the hub's API server answers
 */
export async function run(options: PlanOptions): Promise<void> {
  const { out } = options;
  const format = planFormat(options.output);
  const saved = await planOf(options);
  reportPlan(saved.plan);
  if (out !== undefined) await writeSavedPlan(out, saved);
  process.stdout.write(renderPlan(saved.plan, format));
  process.exitCode = exitCodeOf(saved.plan);
}

/** 0 when nothing would change, 2 when something would. */
export function exitCodeOf({ clusters, intent }: ChangePlan): number {
  return clusters.length + intent.length === 0 ? EXIT_UNCHANGED : EXIT_CHANGED;
}

async function planOf(options: PlanOptions): Promise<SavedPlan> {
  const { base, file, delete: deleting = false, kubeconfig, clusterContext } = options;
  if (file.length === 0) {
    throw new FlotillaError('nothing to compare: no file was given', {
      code: 'FLO3080',
      hint: 'for a pull request: flotilla plan --base main/fleet -f fleet',
    });
  }
  const given = (await readObjects(file)).map(({ object }) => object);
  if (base !== undefined) {
    const before = (await readObjects([base])).map(({ object }) => object);
    return savedPlanOf(planOffline(before, given, systemClock.nowMs()), given);
  }
  const objects = given.map(inNamespace);
  const contextOf = await clusterContexts(kubeconfig, clusterContext);
  const client = await openHub(kubeconfig);
  try {
    const change = deleting ? { objects: [], deleted: objects } : { objects, deleted: [] };
    const { plan, wanted } = await planOnHub(client, change, contextOf);
    return { kind: 'SavedPlan', version: 1, plan, ...change, created: createdBy(plan, wanted) };
  } finally {
    await client.close();
  }
}

/** Tells the findings. @throws FlotillaError FLO3081 when one is an error: what is not accepted must not look like a plan to delete it */
export function reportPlan({ findings }: ChangePlan): void {
  for (const finding of findings) process.stderr.write(`${formatFinding(finding)}\n`);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (errors === 0) return;
  throw new FlotillaError(`${errors} errors in the change; there is no plan until they are gone`, {
    code: 'FLO3081',
    retry: 'after-change',
    hint: 'the findings above name the fields',
  });
}

const FORMATS = ['text', 'wide', 'json', 'yaml', 'name'] as const;
/** Formats of `plan` and `diff`. */
export type PlanFormat = (typeof FORMATS)[number];

/** The format that `-o` asks for. @throws FlotillaError FLO3082 for one that there is not */
export function planFormat(output = 'text'): PlanFormat {
  const found = FORMATS.find((format) => format === output);
  if (found !== undefined) return found;
  throw new FlotillaError(`unknown output format "${output}"`, {
    code: 'FLO3082',
    retry: 'after-change',
    hint: `write one of ${FORMATS.join(', ')}`,
  });
}

/** JSON or YAML of the same value, which is a contract. */
export function renderValue(value: unknown, format: 'json' | 'yaml'): string {
  if (format === 'json') return `${JSON.stringify(value, undefined, 2)}\n`;
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}

/** The plan as it was asked for; `wide` is the text with nothing left out, `name` a line per cluster and object. */
export function renderPlan(plan: ChangePlan, format: PlanFormat): string {
  if (format === 'json' || format === 'yaml') return renderValue(plan, format);
  if (format === 'name') return namesIn(plan);
  return formatPlan(plan, styleFor(process.stdout, process.env), format === 'wide');
}

function namesIn({ intent, clusters }: ChangePlan): string {
  const places = [{ cluster: 'hub', changes: intent }, ...clusters];
  return places
    .flatMap(({ cluster, changes }) =>
      changes.map(({ object: { kind, namespace, name } }) => {
        return `${cluster} ${[kind, ...(namespace === undefined ? [] : [namespace]), name].join('/')}\n`;
      }),
    )
    .join('');
}
