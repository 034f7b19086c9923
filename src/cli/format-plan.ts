import type { JsonValue } from '../kernel';
import type { ChangeGroup, ChangePlan, ClusterChange, FieldChange, ObjectChange } from '../federation';
import { plainStyle, type TerminalStyle } from './terminal-style';

const SIGNS = { create: '+', update: '~', delete: '-' } as const;
const NAMED = 5;
const SHOWN_STAGES = 12;
const SHOWN_REASONS = 8;

/**
 * The plan for people: the hub objects, groups of clusters with the same change, what is held, conflicts, blast radius, and a summary
 * line. The text is for reading; scripts take the JSON.
 */
export function formatPlan(plan: ChangePlan, style: TerminalStyle = plainStyle): string {
  const head = style.strong(`Plan ${plan.digest.slice(0, 8)}`);
  if (plan.clusters.length === 0 && plan.intent.length === 0) return `${head}  no changes\n`;
  const held = plan.clusters.filter(({ state }) => state === 'held');
  const heldNames = new Set(held.map(({ cluster }) => cluster));
  const lines = [
    `${head}  ${changedClusters(plan)}`,
    ...formatIntent(plan.intent, style),
    ...plan.groups.flatMap((group) => formatGroup(withoutHeld(group, heldNames), style)),
    ...formatHeld(held),
    ...formatConflicts(plan.clusters, style),
    ...formatAsked(plan.clusters),
    ...formatBlastRadius(plan),
    '',
    summaryOf(plan, held.length),
  ];
  return `${lines.join('\n')}\n`;
}

function changedClusters({ clusters }: ChangePlan): string {
  if (clusters.length === 0) return 'no cluster changes';
  return `${count(clusters.length, 'cluster')} of the fleet ${clusters.length === 1 ? 'changes' : 'change'}`;
}

function formatIntent(intent: readonly ObjectChange[], style: TerminalStyle): string[] {
  return intent.length === 0 ? [] : ['', `  hub`, ...intent.flatMap((change) => formatChange(change, style))];
}

function withoutHeld(group: ChangeGroup, held: ReadonlySet<string>): ChangeGroup {
  return { ...group, clusters: group.clusters.filter((cluster) => !held.has(cluster)) };
}

function formatGroup({ clusters, changes, marked }: ChangeGroup, style: TerminalStyle): string[] {
  if (clusters.length === 0) return [];
  const same = clusters.length > 1 ? `${clusters.length} clusters, the same change: ` : '';
  return ['', `  ${same}${named(clusters)}`, ...formatChanges(changes, marked, style)];
}

function named(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${more}`;
}

/** Objects of which only the revision mark changes are counted, not listed. */
function formatChanges(changes: readonly ObjectChange[], marked: number, style: TerminalStyle): string[] {
  const rest = marked === 0 ? [] : [style.quiet(`    ~ only the new revision mark: ${count(marked, 'object')}`)];
  return [...changes.flatMap((change) => formatChange(change, style)), ...rest];
}

function formatChange({ op, object, diff }: ObjectChange, style: TerminalStyle): string[] {
  const name = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
  const line = `    ${SIGNS[op]} ${object.kind} ${name}`;
  return [paintOf(op, style)(line), ...diff.filter(isWorthALine).map((field) => formatField(field, style))];
}

function paintOf(op: ObjectChange['op'], style: TerminalStyle): (text: string) => string {
  return { create: style.added, update: style.changed, delete: style.removed }[op];
}

/** The revision changes with every edit of intent; as a line of its own it would only hide what matters. */
function isWorthALine({ path }: FieldChange): boolean {
  return !path.endsWith('federation.flotilla.dev/revision"]');
}

function formatField({ path, from, to }: FieldChange, style: TerminalStyle): string {
  if (from === undefined) return style.added(`        + ${path}  ${text(to)}`);
  if (to === undefined) return style.removed(`        - ${path}  ${text(from)}`);
  return style.changed(`        ~ ${path}  ${text(from)} → ${text(to)}`);
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function formatHeld(held: readonly ClusterChange[]): string[] {
  if (held.length === 0) return [];
  const lines = held.map(
    ({ cluster, reason, changes }) =>
      `  ? ${cluster}  ${reason ?? 'held'}: kept as it is (${count(changes.length, 'change')} to come)`,
  );
  return ['', ...lines];
}

function formatConflicts(clusters: readonly ClusterChange[], style: TerminalStyle): string[] {
  const lines = clusters.flatMap(({ cluster, conflicts = [] }) =>
    conflicts.map(({ object, field, manager, message }) => {
      const name = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
      const what = field === undefined ? '' : `${field} of `;
      const why = manager === undefined ? `: ${message ?? 'refused'}` : ` belongs to "${manager}"`;
      return style.removed(`  ! ${cluster}  ${what}${object.kind} ${name}${why}`);
    }),
  );
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Who was asked how, and who was not and why: one line per way and reason, not per cluster. */
function formatAsked(clusters: readonly ClusterChange[]): string[] {
  const asked = byText(clusters, ({ cluster, checkedWith }) =>
    checkedWith === `context ${cluster}` ? 'the context of the same name' : checkedWith,
  );
  const unasked = byText(clusters, ({ notChecked }) => notChecked);
  const rest = unasked.slice(SHOWN_REASONS).flatMap(([, names]) => names);
  const lines = [
    ...asked.map(([way, names]) => `  = ${named(names)}  asked for conflicts with ${way}`),
    ...unasked.slice(0, SHOWN_REASONS).map(([why, names]) => `  ? ${named(names)}  not checked for conflicts: ${why}`),
    ...(rest.length === 0 ? [] : [`  ? ${named(rest)}  not checked for conflicts, for other reasons`]),
  ];
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Names of clusters by what is said of them, most first. */
function byText(
  clusters: readonly ClusterChange[],
  textOf: (change: ClusterChange) => string | undefined,
): readonly (readonly [string, readonly string[]])[] {
  const groups = new Map<string, string[]>();
  for (const change of clusters) {
    const said = textOf(change);
    if (said !== undefined) groups.set(said, [...(groups.get(said) ?? []), change.cluster]);
  }
  return [...groups].sort(([, left], [, right]) => right.length - left.length);
}

const BASES = { measured: 'measured load', endpoints: 'ready endpoints', even: 'even parts' } as const;

function formatBlastRadius({ blastRadius: { hosts, vips, basis, stages } }: ChangePlan): string[] {
  if (stages.length === 0) return [];
  const shown = stages
    .slice(0, SHOWN_STAGES)
    .map(
      ({ name, clusters, worst }, index) =>
        `    ${index + 1}. ${named(clusters)}  ${name}: at most ${percent(worst)} of a host's traffic`,
    );
  const rest = stages.slice(SHOWN_STAGES);
  const worst = Math.max(0, ...rest.map((stage) => stage.worst));
  const more = rest.length === 0 ? [] : [`    and ${rest.length} more stages, at most ${percent(worst)} each`];
  const addresses = vips.length === 0 ? [] : [`    addresses: ${named(vips)}`];
  const title = `  Blast radius: ${hosts.length === 0 ? 'no host' : named(hosts)} (shares by ${BASES[basis]})`;
  return ['', title, ...addresses, ...shown, ...more];
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 1000) / 10} %`;
}

function summaryOf(plan: ChangePlan, held: number): string {
  const ready = plan.clusters.filter(({ state }) => state === 'ready');
  const changes = ready.flatMap((cluster) => cluster.changes);
  const of = (op: ObjectChange['op']): number => changes.filter((change) => change.op === op).length;
  const conflicts = plan.clusters.flatMap((cluster) => cluster.conflicts ?? []).length;
  const more = [
    ...(conflicts === 0 ? [] : [count(conflicts, 'conflict')]),
    `${held} held`,
    ...(plan.findings.length === 0 ? [] : [count(plan.findings.length, 'finding')]),
  ];
  return `Plan: ${of('create')} to create, ${of('update')} to change, ${of('delete')} to delete in ${count(ready.length, 'cluster')}; ${more.join('; ')}.`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
