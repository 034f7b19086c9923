import type { Bundle } from '../../federation/api';
import { bundleKind, type MemberCluster, memberClusterKind, SYSTEM_NAMESPACE } from '../../federation/api';
import { FlotillaError, toFlotillaError } from '../../kernel';
import type { KubeClient } from '../../kube';
import { openHub } from '../hub-client';
import { gatewayClient, inNamespace, planOnHub } from '../../federation/hub';
import { readObjects } from '../read-objects';
import { exitCodeOf, renderPlan, reportPlan } from './plan-command';

/** Options of `flotilla diff`. */
export interface DiffOptions {
  /** Left out: what clusters have now against what was released to them. */
  readonly file: readonly string[];
  readonly kubeconfig?: string;
  readonly output?: string;
}

/** One field that is not as it was applied. */
interface DriftRow {
  readonly cluster: string;
  readonly owner: string;
  readonly object: string;
  readonly path: string;
  readonly wanted: string;
  readonly found: string;
  readonly firstSeen: string;
}

interface DriftReport {
  readonly kind: 'Drift';
  readonly drift: readonly DriftRow[];
  /** Gateway clusters that could not be asked, with the reason: what is in their zones is not known. */
  readonly unknown: readonly { readonly cluster: string; readonly reason: string }[];
}

const EXIT_DRIFT = 2;

/**
 * With files: what they would change, as `plan`. Without: the drift that zones report of every cluster. Exit code 0 for no difference, 2
 * for some.
 * @throws FlotillaError FLO3082 for an unknown format, FLO3084 without a hub, and what the hub's API server answers
 */
export async function run({ file, kubeconfig, output = 'text' }: DiffOptions): Promise<void> {
  const client = await openHub(kubeconfig);
  try {
    if (file.length > 0) await showChange(client, file, output);
    else await showDrift(client, output);
  } finally {
    await client.close();
  }
}

async function showChange(client: KubeClient, file: readonly string[], output: string): Promise<void> {
  const objects = (await readObjects(file)).map(({ object }) => inNamespace(object));
  const { plan } = await planOnHub(client, { objects, deleted: [] });
  reportPlan(plan);
  const nothing = { hosts: [], vips: [], basis: plan.blastRadius.basis, stages: [] };
  process.stdout.write(renderPlan({ ...plan, blastRadius: nothing }, output));
  process.exitCode = exitCodeOf(plan);
}

async function showDrift(client: KubeClient, output: string): Promise<void> {
  const report = await readDrift(client);
  if (output === 'json') process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  else if (output === 'text') process.stdout.write(formatDrift(report));
  else throw new FlotillaError(`unknown output format "${output}"`, { code: 'FLO3082', hint: 'write text or json' });
  process.exitCode = report.drift.length === 0 ? 0 : EXIT_DRIFT;
}

async function readDrift(hub: KubeClient): Promise<DriftReport> {
  const { items } = await hub.list<MemberCluster>(memberClusterKind);
  const gateways = items.filter(({ spec }) => spec?.role === 'Gateway');
  const answers = await Promise.all(gateways.map(async (member) => ({ member, answer: await bundlesIn(hub, member) })));
  return {
    kind: 'Drift',
    drift: answers.flatMap(({ answer }) => (typeof answer === 'string' ? [] : answer.flatMap(driftOf))),
    unknown: answers.flatMap(({ member, answer }) =>
      typeof answer === 'string' ? [{ cluster: member.metadata.name, reason: answer }] : [],
    ),
  };
}

/** The bundles of one zone, or why they are not known: one dead zone hides no other. */
async function bundlesIn(hub: KubeClient, member: MemberCluster): Promise<readonly Bundle[] | string> {
  const client = await gatewayClient(hub, member);
  if (typeof client === 'string') return client;
  try {
    return (await client.list<Bundle>(bundleKind, { namespace: SYSTEM_NAMESPACE })).items;
  } catch (cause) {
    return toFlotillaError(cause).message;
  } finally {
    await client.close();
  }
}

function driftOf({ spec, status }: Bundle): readonly DriftRow[] {
  if (spec === undefined) return [];
  const { kind, namespace = '', name } = spec.owner;
  const owner = `${kind} ${namespace}/${name}`;
  return (status?.drift ?? []).map((row) => ({ cluster: spec.cluster, owner, ...row }));
}

function formatDrift({ drift, unknown }: DriftReport): string {
  const rows = drift.map(
    ({ cluster, object, path, wanted, found, firstSeen }) =>
      `${cluster}  ${object}  ${path}  ${wanted} → ${found}  since ${firstSeen}`,
  );
  const missing = unknown.map(({ cluster, reason }) => `${cluster}  not known: ${reason}`);
  const summary = `Drift: ${drift.length} fields in ${new Set(drift.map(({ cluster }) => cluster)).size} clusters; ${unknown.length} zones not known.`;
  return `${[...rows, ...missing, summary].join('\n')}\n`;
}
