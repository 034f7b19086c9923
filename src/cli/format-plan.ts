import type { JsonValue } from '../kernel';
import type { ChangeGroup, ChangePlan, ClusterChange, FieldChange, ObjectChange } from '../federation';
import { plainStyle, type TerminalStyle } from './terminal-style';

const SIGNS = { create: '+', update: '~', delete: '-' } as const;

/** How much of a plan is told before the rest is only counted. */
interface PlanLimits {
  /** Names in a row. */
  readonly names: number;
  readonly stages: number;
  readonly reasons: number;
  readonly groups: number;
  /** Per group. */
  readonly objects: number;
  /** Per object. */
  readonly fields: number;
  /** Characters of one side of a field. */
  readonly value: number;
  /** Held clusters, and conflicts. */
  readonly lines: number;
}

/** As much as a person reads. */
const readable: PlanLimits = {
  names: 5,
  stages: 12,
  reasons: 8,
  groups: 12,
  objects: 40,
  fields: 30,
  value: 240,
  lines: 20,
};
const unlimited: PlanLimits = {
  ...{ names: Infinity, stages: Infinity, reasons: Infinity, groups: Infinity },
  ...{ objects: Infinity, fields: Infinity, value: Infinity, lines: Infinity },
};

/** How a plan is written. */
interface PlanView {
  readonly style: TerminalStyle;
  readonly limits: PlanLimits;
}

/** Characters of a long value before the place where it differs. */
const SHOWN_BEFORE = 60;

/**
 * The plan for people: the hub objects, groups of clusters with the same change, what is held, conflicts, blast radius, and a summary
 * line. The text is for reading; scripts take the JSON.
 * @param isWide tells everything, however long
 */
export function formatPlan(plan: ChangePlan, style: TerminalStyle = plainStyle, isWide = false): string {
  const view: PlanView = { style, limits: isWide ? unlimited : readable };
  const head = style.strong(`Plan ${plan.digest.slice(0, 8)}`);
  if (plan.clusters.length === 0 && plan.intent.length === 0) return `${head}  no changes\n`;
  const held = plan.clusters.filter(({ state }) => state === 'held');
  const heldNames = new Set(held.map(({ cluster }) => cluster));
  const lines = [
    `${head}  ${changedClusters(plan)}`,
    ...formatIntent(plan.intent, view),
    ...formatGroups(
      plan.groups.map((group) => withoutHeld(group, heldNames)),
      view,
    ),
    ...formatHeld(held, view),
    ...formatConflicts(plan.clusters, view),
    ...formatAsked(plan.clusters, view),
    ...formatBlastRadius(plan, view),
    '',
    summaryOf(plan, held.length),
  ];
  return `${lines.join('\n')}\n`;
}

function changedClusters({ clusters }: ChangePlan): string {
  if (clusters.length === 0) return 'no cluster changes';
  return `${count(clusters.length, 'cluster')} of the fleet ${clusters.length === 1 ? 'changes' : 'change'}`;
}

function formatIntent(intent: readonly ObjectChange[], view: PlanView): string[] {
  return intent.length === 0 ? [] : ['', `  hub`, ...intent.flatMap((change) => formatChange(change, view))];
}

function withoutHeld(group: ChangeGroup, held: ReadonlySet<string>): ChangeGroup {
  return { ...group, clusters: group.clusters.filter((cluster) => !held.has(cluster)) };
}

/**
 * Groups in full as long as a person would read them, the others by their number. Groups whose lines are the same differ only in what they create:
 * they are told together.
 */
function formatGroups(groups: readonly ChangeGroup[], view: PlanView): string[] {
  const alike = new Map<string, { clusters: string[]; groups: number; lines: readonly string[] }>();
  for (const { clusters, changes, marked } of groups) {
    if (clusters.length === 0) continue;
    const lines = formatChanges(changes, marked, view);
    const known = alike.get(lines.join('\n')) ?? { clusters: [], groups: 0, lines };
    alike.set(lines.join('\n'), known);
    known.clusters.push(...clusters);
    known.groups += 1;
  }
  const told = [...alike.values()];
  const rest = told.slice(view.limits.groups);
  const more = count(new Set(rest.flatMap(({ clusters }) => clusters)).size, 'more cluster');
  return [
    ...told.slice(0, view.limits.groups).flatMap((group) => formatGroup(group, view)),
    ...(rest.length === 0 ? [] : ['', `  ${more}, each with changes of its own (-o json tells all)`]),
  ];
}

function formatGroup(
  {
    clusters,
    groups,
    lines,
  }: {
    readonly clusters: readonly string[];
    readonly groups: number;
    readonly lines: readonly string[];
  },
  view: PlanView,
): string[] {
  const how = groups > 1 ? 'the same objects, each with content of its own' : 'the same change';
  const same = clusters.length > 1 ? `${clusters.length} clusters, ${how}: ` : '';
  return ['', `  ${same}${named(clusters, view)}`, ...lines];
}

function named(names: readonly string[], view: PlanView): string {
  const more = names.length > view.limits.names ? ` and ${names.length - view.limits.names} more` : '';
  return `${names.slice(0, view.limits.names).join(', ')}${more}`;
}

/** Objects of which only the revision mark changes are counted, not listed; so are those that nobody would read any more. */
function formatChanges(changes: readonly ObjectChange[], marked: number, view: PlanView): string[] {
  const rest = changes.slice(view.limits.objects);
  const ops = (['create', 'update', 'delete'] as const).flatMap((op) => {
    const number = rest.filter((change) => change.op === op).length;
    return number === 0 ? [] : [`${SIGNS[op]}${number}`];
  });
  return [
    ...changes.slice(0, view.limits.objects).flatMap((change) => formatChange(change, view)),
    ...(rest.length === 0
      ? []
      : [view.style.quiet(`    and ${count(rest.length, 'more object')} (${ops.join(', ')})`)]),
    ...(marked === 0 ? [] : [view.style.quiet(`    ~ only the new revision mark: ${count(marked, 'object')}`)]),
  ];
}

function formatChange({ op, object, diff }: ObjectChange, view: PlanView): string[] {
  const name = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
  const line = `    ${SIGNS[op]} ${object.kind} ${name}`;
  const fields = diff.filter(isWorthALine);
  const rest = fields.length - view.limits.fields;
  return [
    paintOf(op, view)(line),
    ...fields.slice(0, view.limits.fields).map((field) => formatField(field, view)),
    ...(rest > 0 ? [view.style.quiet(`        and ${count(rest, 'more field')}`)] : []),
  ];
}

function paintOf(op: ObjectChange['op'], view: PlanView): (text: string) => string {
  return { create: view.style.added, update: view.style.changed, delete: view.style.removed }[op];
}

/** The revision changes with every edit of intent; as a line of its own it would only hide what matters. */
function isWorthALine({ path }: FieldChange): boolean {
  return !path.endsWith('federation.flotilla.dev/revision"]');
}

function formatField({ path, from, to }: FieldChange, view: PlanView): string {
  const [before, after] = [text(from), text(to)];
  if (from === undefined) return view.style.added(`        + ${path}  ${excerpt(after, 0, view)}`);
  if (to === undefined) return view.style.removed(`        - ${path}  ${excerpt(before, 0, view)}`);
  const start =
    before.length > view.limits.value || after.length > view.limits.value ? firstDifference(before, after) : 0;
  return view.style.changed(`        ~ ${path}  ${excerpt(before, start, view)} → ${excerpt(after, start, view)}`);
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** A long value is shown from a little before the place that matters. */
function excerpt(whole: string, place: number, view: PlanView): string {
  const start = Math.max(0, place - SHOWN_BEFORE);
  const end = start + view.limits.value;
  return `${start > 0 ? '…' : ''}${whole.slice(start, end)}${end < whole.length ? '…' : ''}`;
}

function firstDifference(before: string, after: string): number {
  let place = 0;
  while (place < before.length && before[place] === after[place]) place += 1;
  return place;
}

function formatHeld(held: readonly ClusterChange[], view: PlanView): string[] {
  if (held.length === 0) return [];
  const lines = held.map(
    ({ cluster, reason, changes }) =>
      `  ? ${cluster}  ${reason ?? 'held'}: kept as it is (${count(changes.length, 'change')} to come)`,
  );
  return ['', ...limited(lines, view, ['  ? and', 'more held cluster'])];
}

function formatConflicts(clusters: readonly ClusterChange[], view: PlanView): string[] {
  const lines = clusters.flatMap(({ cluster, conflicts = [] }) =>
    conflicts.map(({ object, field, manager, message }) => {
      const name = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
      const what = field === undefined ? '' : `${field} of `;
      const why = manager === undefined ? `: ${message ?? 'refused'}` : ` belongs to "${manager}"`;
      return view.style.removed(`  ! ${cluster}  ${what}${object.kind} ${name}${why}`);
    }),
  );
  return lines.length === 0 ? [] : ['', ...limited(lines, view, ['  ! and', 'more conflict'])];
}

function limited(lines: readonly string[], view: PlanView, [sign, noun]: readonly [string, string]): readonly string[] {
  const rest = lines.length - view.limits.lines;
  return rest <= 0 ? lines : [...lines.slice(0, view.limits.lines), `${sign} ${count(rest, noun)}`];
}

/** Who was asked how, and who was not and why: one line per way and reason, not per cluster. */
function formatAsked(clusters: readonly ClusterChange[], view: PlanView): string[] {
  const asked = byText(clusters, ({ cluster, checkedWith }) =>
    checkedWith === `context ${cluster}` ? 'the context of the same name' : checkedWith,
  );
  const unasked = byText(clusters, ({ notChecked }) => notChecked);
  const rest = unasked.slice(view.limits.reasons).flatMap(([, names]) => names);
  const lines = [
    ...asked.map(([way, names]) => `  = ${named(names, view)}  asked for conflicts with ${way}`),
    ...unasked
      .slice(0, view.limits.reasons)
      .map(([why, names]) => `  ? ${named(names, view)}  not checked for conflicts: ${why}`),
    ...(rest.length === 0 ? [] : [`  ? ${named(rest, view)}  not checked for conflicts, for other reasons`]),
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

function formatBlastRadius({ blastRadius: { hosts, vips, basis, stages } }: ChangePlan, view: PlanView): string[] {
  if (stages.length === 0) return [];
  const shown = stages
    .slice(0, view.limits.stages)
    .map(
      ({ name, clusters, worst }, index) =>
        `    ${index + 1}. ${named(clusters, view)}  ${name}: at most ${percent(worst)} of a host's traffic`,
    );
  const rest = stages.slice(view.limits.stages);
  const worst = Math.max(0, ...rest.map((stage) => stage.worst));
  const more = rest.length === 0 ? [] : [`    and ${rest.length} more stages, at most ${percent(worst)} each`];
  const addresses = vips.length === 0 ? [] : [`    addresses: ${named(vips, view)}`];
  const title = `  Blast radius: ${hosts.length === 0 ? 'no host' : named(hosts, view)} (shares by ${BASES[basis]})`;
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
