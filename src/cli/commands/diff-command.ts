import type { KubeClient } from '../../kube';
import { type ContextOf, inNamespace, planOnHub } from '../../federation/hub';
import { type DriftReport, readDrift } from '../drift/drift-report';
import { formatDrift, isThere } from '../drift/format-drift';
import { openHub } from '../hub-client';
import { clusterContexts } from '../kubeconfig-files';
import { readObjects } from '../read-objects';
import { exitCodeOf, type PlanFormat, planFormat, renderPlan, renderValue, reportPlan } from './plan-command';

/** Options of `flotilla diff`. */
export interface DiffOptions {
  /** Left out: what clusters have now against what was released to them. */
  readonly file: readonly string[];
  readonly kubeconfig?: string;
  /** Contexts that lead to clusters, as `CLUSTER=CONTEXT`. */
  readonly clusterContext?: readonly string[];
  readonly output?: string;
}

const EXIT_DRIFT = 2;

/**
 * With files: what they would change, as `plan`. Without: what clusters have now that was not released to them, asked of each cluster that
 * can be reached, else as its zone reports. Exit code 0 for no difference, 2 for some.
 * @throws FlotillaError FLO3082 for an unknown format, FLO3084 without a hub, FLO3114 for a context that is not there, and what the
 *   hub's API server answers
 */
export async function run({ file, kubeconfig, clusterContext, output }: DiffOptions): Promise<void> {
  const format = planFormat(output);
  const contextOf = await clusterContexts(kubeconfig, clusterContext);
  const client = await openHub(kubeconfig);
  try {
    if (file.length > 0) await showChange(client, file, format, contextOf);
    else await showDrift(client, format, contextOf);
  } finally {
    await client.close();
  }
}

async function showChange(
  client: KubeClient,
  file: readonly string[],
  format: PlanFormat,
  contextOf: ContextOf,
): Promise<void> {
  const objects = (await readObjects(file)).map(({ object }) => inNamespace(object));
  const { plan } = await planOnHub(client, { objects, deleted: [] }, contextOf);
  reportPlan(plan);
  const nothing = { hosts: [], vips: [], basis: plan.blastRadius.basis, stages: [] };
  process.stdout.write(renderPlan({ ...plan, blastRadius: nothing }, format));
  process.exitCode = exitCodeOf(plan);
}

async function showDrift(client: KubeClient, format: PlanFormat, contextOf: ContextOf): Promise<void> {
  const report = await readDrift(client, contextOf);
  process.stdout.write(renderDrift(report, format));
  process.exitCode = report.drift.some(isThere) ? EXIT_DRIFT : 0;
}

function renderDrift(report: DriftReport, format: PlanFormat): string {
  if (format === 'json' || format === 'yaml') return renderValue(report, format);
  if (format !== 'name') return formatDrift(report, format === 'wide');
  return [...new Set(report.drift.filter(isThere).map(({ cluster, object }) => `${cluster} ${object}\n`))].join('');
}
