import { createInterface } from 'node:readline/promises';
import { FlotillaError } from '../../kernel';
import type { KubeClient } from '../../kube';
import { planDifference } from '../plan-difference';
import { openHub } from '../hub-client';
import { clusterContexts } from '../kubeconfig-files';
import { type ContextOf, type HubChange, type HubPlan, inNamespace, planOnHub } from '../../federation/hub';
import { applyOnHub } from '../apply-on-hub';
import { readObjects } from '../read-objects';
import { createdBy, readSavedPlan, type SavedPlan } from '../saved-plan';
import { renderPlan, reportPlan } from './plan-command';

/** Options of `flotilla apply`. */
export interface ApplyOptions {
  readonly file: readonly string[];
  /** A plan saved by `flotilla plan --out`: applied as it was shown, or refused. */
  readonly plan?: string;
  readonly delete?: boolean;
  readonly kubeconfig?: string;
  /** Contexts that lead to clusters, as `CLUSTER=CONTEXT`. */
  readonly clusterContext?: readonly string[];
  readonly yes?: boolean;
  /** Takes over fields of hub objects that others own. */
  readonly forceConflicts?: boolean;
}

/**
 * Plans a change of hub objects, shows it, asks, and writes it to the hub by server-side apply; the hub's rollouts bring it to the clusters.
 * @throws FlotillaError FLO3080 without files and plan, FLO3081 for errors in the change, FLO3087 when a saved plan is no longer what would
 *   happen, FLO3088 when nobody can be asked, FLO3089 when the answer is no, and what the hub's API server answers
 */
export async function run(options: ApplyOptions): Promise<void> {
  const client = await openHub(options.kubeconfig);
  try {
    await planAndApply(client, options);
  } finally {
    await client.close();
  }
}

async function planAndApply(client: KubeClient, options: ApplyOptions): Promise<void> {
  const planned = await plannedChange(client, options);
  const { plan } = planned;
  reportPlan(plan);
  process.stdout.write(renderPlan(plan, 'text'));
  if (plan.intent.length === 0) return;
  if (options.yes !== true) await askPerson();
  const done = await applyOnHub(client, planned, options.forceConflicts === true);
  for (const line of done) process.stdout.write(`hub  ${line}\n`);
}

async function plannedChange(client: KubeClient, options: ApplyOptions): Promise<HubPlan> {
  const { file, plan, delete: deleting, kubeconfig, clusterContext } = options;
  const contextOf = await clusterContexts(kubeconfig, clusterContext);
  if (plan !== undefined) return savedChange(client, plan, contextOf);
  if (file.length === 0) {
    throw new FlotillaError('nothing to apply: neither a file nor a plan was given', {
      code: 'FLO3080',
      hint: 'name files with -f, or a plan that was saved with --plan',
    });
  }
  const objects = (await readObjects(file)).map(({ object }) => inNamespace(object));
  return planOnHub(client, deleting === true ? { objects: [], deleted: objects } : { objects, deleted: [] }, contextOf);
}

/** What was shown when the plan was saved is what happens, or nothing does. */
async function savedChange(client: KubeClient, file: string, contextOf: ContextOf): Promise<HubPlan> {
  const saved = await readSavedPlan(file);
  const change: HubChange = { objects: saved.objects.map(inNamespace), deleted: saved.deleted.map(inNamespace) };
  const planned = await planOnHub(client, change, contextOf);
  if (planned.plan.digest === saved.plan.digest) return planned;
  throw outdated(file, saved, planned);
}

function outdated(file: string, { plan, created = [] }: SavedPlan, now: HubPlan): FlotillaError {
  const difference = planDifference({ plan, created }, { plan: now.plan, created: createdBy(now.plan, now.wanted) });
  return new FlotillaError(`the plan in ${file} is no longer what would happen:\n${difference.join('\n')}`, {
    code: 'FLO3087',
    retry: 'after-change',
    hint: 'look at the difference, and plan again',
  });
}

async function askPerson(): Promise<void> {
  if (process.stdin.isTTY !== true) {
    throw new FlotillaError('nothing was applied: nobody can be asked, because standard input is no terminal', {
      code: 'FLO3088',
      retry: 'after-change',
      hint: 'add --yes, or apply a plan that was looked at with --plan FILE --yes',
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question('Apply this to the hub? Only "yes" is taken: ');
    if (answer.trim() !== 'yes') throw new FlotillaError('nothing was applied: the answer was no', { code: 'FLO3089' });
  } finally {
    terminal.close();
  }
}
