import type { JsonValue } from '../kernel';
import type { ChangeGroup, ChangePlan, ClusterChange, FieldChange, ObjectChange } from '../federation';
import { plainStyle, type TerminalStyle } from './terminal-style';

const SIGNS = { create: '+', update: '~', delete: '-' } as const;
const NAMED = 5;
const SHOWN_STAGES = 12;
const SHOWN_REASONS = 8;
const SHOWN_GROUPS = 12;
/** Per group. */
const SHOWN_OBJECTS = 40;
/** Per object. */
const SHOWN_FIELDS = 30;
/** Characters of one side of a field. */
const SHOWN_VALUE = 240;
const SHOWN_BEFORE = 60;
const SHOWN_LINES = 20;

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
    ...formatGroups(
      plan.groups.map((group) => withoutHeld(group, heldNames)),
      style,
    ),
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

/**
 * Groups in full as long as a person would read them, the others by their number. Groups whose lines are the same differ only in what they create:
 * they are told together.
 */
function formatGroups(groups: readonly ChangeGroup[], style: TerminalStyle): string[] {
  const alike = new Map<string, { clusters: string[]; groups: number; lines: readonly string[] }>();
  for (const { clusters, changes, marked } of groups) {
    if (clusters.length === 0) continue;
    const lines = formatChanges(changes, marked, style);
    const known = alike.get(lines.join('\n')) ?? { clusters: [], groups: 0, lines };
    alike.set(lines.join('\n'), known);
    known.clusters.push(...clusters);
    known.groups += 1;
  }
  const told = [...alike.values()];
  const rest = told.slice(SHOWN_GROUPS);
  const more = count(new Set(rest.flatMap(({ clusters }) => clusters)).size, 'more cluster');
  return [
    ...told.slice(0, SHOWN_GROUPS).flatMap(formatGroup),
    ...(rest.length === 0 ? [] : ['', `  ${more}, each with changes of its own (-o json tells all)`]),
  ];
}

function formatGroup({
  clusters,
  groups,
  lines,
}: {
  readonly clusters: readonly string[];
  readonly groups: number;
  readonly lines: readonly string[];
}): string[] {
  const how = groups > 1 ? 'the same objects, each with content of its own' : 'the same change';
  const same = clusters.length > 1 ? `${clusters.length} clusters, ${how}: ` : '';
  return ['', `  ${same}${named(clusters)}`, ...lines];
}

function named(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${more}`;
}

/** Objects of which only the revision mark changes are counted, not listed; so are those that nobody would read any more. */
function formatChanges(changes: readonly ObjectChange[], marked: number, style: TerminalStyle): string[] {
  const rest = changes.slice(SHOWN_OBJECTS);
  const ops = (['create', 'update', 'delete'] as const).flatMap((op) => {
    const number = rest.filter((change) => change.op === op).length;
    return number === 0 ? [] : [`${SIGNS[op]}${number}`];
  });
  return [
    ...changes.slice(0, SHOWN_OBJECTS).flatMap((change) => formatChange(change, style)),
    ...(rest.length === 0 ? [] : [style.quiet(`    and ${count(rest.length, 'more object')} (${ops.join(', ')})`)]),
    ...(marked === 0 ? [] : [style.quiet(`    ~ only the new revision mark: ${count(marked, 'object')}`)]),
  ];
}

function formatChange({ op, object, diff }: ObjectChange, style: TerminalStyle): string[] {
  const name = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
  const line = `    ${SIGNS[op]} ${object.kind} ${name}`;
  const fields = diff.filter(isWorthALine);
  const rest = fields.length - SHOWN_FIELDS;
  return [
    paintOf(op, style)(line),
    ...fields.slice(0, SHOWN_FIELDS).map((field) => formatField(field, style)),
    ...(rest > 0 ? [style.quiet(`        and ${count(rest, 'more field')}`)] : []),
  ];
}

function paintOf(op: ObjectChange['op'], style: TerminalStyle): (text: string) => string {
  return { create: style.added, update: style.changed, delete: style.removed }[op];
}

/** The revision changes with every edit of intent; as a line of its own it would only hide what matters. */
function isWorthALine({ path }: FieldChange): boolean {
  return !path.endsWith('federation.flotilla.dev/revision"]');
}

function formatField({ path, from, to }: FieldChange, style: TerminalStyle): string {
  const [before, after] = [text(from), text(to)];
  if (from === undefined) return style.added(`        + ${path}  ${excerpt(after, 0)}`);
  if (to === undefined) return style.removed(`        - ${path}  ${excerpt(before, 0)}`);
  const start = before.length > SHOWN_VALUE || after.length > SHOWN_VALUE ? firstDifference(before, after) : 0;
  return style.changed(`        ~ ${path}  ${excerpt(before, start)} → ${excerpt(after, start)}`);
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** A long value is shown from a little before the place that matters. */
function excerpt(whole: string, place: number): string {
  const start = Math.max(0, place - SHOWN_BEFORE);
  const end = start + SHOWN_VALUE;
  return `${start > 0 ? '…' : ''}${whole.slice(start, end)}${end < whole.length ? '…' : ''}`;
}

function firstDifference(before: string, after: string): number {
  let place = 0;
  while (place < before.length && before[place] === after[place]) place += 1;
  return place;
}

function formatHeld(held: readonly ClusterChange[]): string[] {
  if (held.length === 0) return [];
  const lines = held.map(
    ({ cluster, reason, changes }) =>
      `  ? ${cluster}  ${reason ?? 'held'}: kept as it is (${count(changes.length, 'change')} to come)`,
  );
  return ['', ...limited(lines, '  ? and', 'more held cluster')];
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
  return lines.length === 0 ? [] : ['', ...limited(lines, '  ! and', 'more conflict')];
}

function limited(lines: readonly string[], sign: string, noun: string): readonly string[] {
  const rest = lines.length - SHOWN_LINES;
  return rest <= 0 ? lines : [...lines.slice(0, SHOWN_LINES), `${sign} ${count(rest, noun)}`];
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
