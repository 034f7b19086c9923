import type { JsonValue } from '../kernel';
import type { ChangeGroup, ChangePlan, ClusterChange, FieldChange, ObjectChange } from '../federation';

const SIGNS = { create: '+', update: '~', delete: '-' } as const;
const NAMED_CLUSTERS = 5;

/** The plan for people: groups of clusters with their changes, what is held, findings' count, blast radius, a summary line. */
export function formatPlan(plan: ChangePlan): string {
  if (plan.clusters.length === 0) return `Plan ${short(plan.digest)}  no changes\n`;
  const held = plan.clusters.filter(({ state }) => state === 'held');
  const lines = [
    `Plan ${short(plan.digest)}  ${count(plan.clusters.length, 'cluster')} of the fleet change`,
    ...plan.groups.flatMap(formatGroup),
    ...formatHeld(held),
    ...formatBlastRadius(plan),
    '',
    summaryOf(plan, held),
  ];
  return `${lines.join('\n')}\n`;
}

function formatGroup({ clusters, changes }: ChangeGroup): string[] {
  const same = clusters.length > 1 ? `  ${clusters.length} clusters, the same change: ` : '  ';
  const named = clusters.slice(0, NAMED_CLUSTERS).join(', ');
  const more = clusters.length > NAMED_CLUSTERS ? ` and ${clusters.length - NAMED_CLUSTERS} more` : '';
  return ['', `${same}${named}${more}`, ...formatChanges(changes)];
}

/** Objects of which only the revision mark changes are counted, not listed. */
function formatChanges(changes: readonly ObjectChange[]): string[] {
  const listed = changes.filter(({ op, diff }) => op !== 'update' || diff.some(isWorthALine));
  const marked = changes.length - listed.length;
  const rest = marked === 0 ? [] : [`    ~ ${count(marked, 'object')} get only the new revision mark`];
  return [...listed.flatMap(formatChange), ...rest];
}

function formatChange({ op, object, diff }: ObjectChange): string[] {
  const name = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
  return [`    ${SIGNS[op]} ${object.kind} ${name}`, ...diff.filter(isWorthALine).map(formatField)];
}

/** The revision changes with every edit of intent; as a line of its own it would only hide what matters. */
function isWorthALine({ path }: FieldChange): boolean {
  return !path.endsWith('federation.flotilla.dev/revision"]');
}

function formatField({ path, from, to }: FieldChange): string {
  if (from === undefined) return `        + ${path}  ${text(to)}`;
  if (to === undefined) return `        - ${path}  ${text(from)}`;
  return `        ~ ${path}  ${text(from)} → ${text(to)}`;
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function formatHeld(held: readonly ClusterChange[]): string[] {
  if (held.length === 0) return [];
  return ['', ...held.map(({ cluster, reason }) => `  ? ${cluster}  ${reason ?? 'held'} (kept as it is)`)];
}

function formatBlastRadius({ blastRadius }: ChangePlan): string[] {
  const stages = blastRadius.stages.map(
    ({ clusters, worst }, index) =>
      `    ${index + 1}. ${clusters.join(', ')}  at most ${Math.round(worst * 100)} % of a host's traffic`,
  );
  return ['', `  Blast radius: ${blastRadius.hosts.join(', ') || 'no host'}`, ...stages];
}

function summaryOf(plan: ChangePlan, held: readonly ClusterChange[]): string {
  const ready = plan.clusters.filter(({ state }) => state === 'ready');
  const changes = ready.flatMap((cluster) => cluster.changes);
  const of = (op: ObjectChange['op']): number => changes.filter((change) => change.op === op).length;
  const findings = plan.findings.length === 0 ? '' : `; ${count(plan.findings.length, 'finding')}`;
  return `Plan: ${of('create')} to create, ${of('update')} to change, ${of('delete')} to delete in ${count(ready.length, 'cluster')}; ${held.length} held${findings}.`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function short(digest: string): string {
  return digest.slice(0, 8);
}
