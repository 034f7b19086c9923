import type { ChangePlan, FieldChange, ObjectChange } from '../federation';
import { annotations } from '../federation/api';
import { jsonEqual, type JsonValue, type ObjectReference } from '../kernel';
import { diffFields } from '../kube';
import type { KubeObject } from '../kube/schema';

/** A plan with the content of what it creates in clusters, as far as that is known. */
export interface PlanWithContent {
  readonly plan: ChangePlan;
  /** Manifests, each with the annotation that names its cluster. */
  readonly created: readonly KubeObject[];
}

const SHOWN = 20;
const LONGEST = 120;

/**
 * What two plans do not have in common, one line per object or field: `-` was shown and would not happen, `+` would happen and was not shown,
 * `~` would happen in another way.
 */
export function planDifference(shown: PlanWithContent, now: PlanWithContent): readonly string[] {
  const before = changesOf(shown);
  const after = changesOf(now);
  const lines = [...new Set([...before.keys(), ...after.keys()])].flatMap((key) =>
    linesOf(before.get(key), after.get(key)),
  );
  const more = lines.length > SHOWN ? [`  and ${lines.length - SHOWN} more`] : [];
  if (lines.length > 0) return [...lines.slice(0, SHOWN), ...more];
  return ['  the revision mark of objects differs, or the content of those that are created'];
}

/** One change where it happens. */
interface PlacedChange {
  readonly place: string;
  readonly change: ObjectChange;
  readonly content: KubeObject | undefined;
}

function changesOf({ plan, created }: PlanWithContent): ReadonlyMap<string, PlacedChange> {
  const contents = new Map(
    created.map((object) => {
      const { apiVersion, kind, metadata } = object;
      return [keyOf(metadata.annotations?.[annotations.cluster] ?? '', { apiVersion, kind, ...metadata }), object];
    }),
  );
  const places = [{ cluster: 'hub', changes: plan.intent }, ...plan.clusters];
  return new Map(
    places.flatMap(({ cluster, changes }) =>
      changes.map((change): [string, PlacedChange] => {
        const key = keyOf(cluster, change.object);
        return [key, { place: cluster, change, content: contents.get(key) }];
      }),
    ),
  );
}

function keyOf(place: string, { apiVersion, kind, name, namespace = '' }: ObjectReference): string {
  return `${place} ${apiVersion}/${kind}/${namespace}/${name}`;
}

function linesOf(before: PlacedChange | undefined, after: PlacedChange | undefined): readonly string[] {
  if (before === undefined || after === undefined || before.change.op !== after.change.op) {
    return [
      ...(before === undefined ? [] : [`  - ${titleOf(before)}${firstField(before)}`]),
      ...(after === undefined ? [] : [`  + ${titleOf(after)}${firstField(after)}`]),
    ];
  }
  const fields = [...contentFields(before, after), ...changedFields(before.change.diff, after.change.diff)];
  return fields.map((field) => `  ~ ${titleOf(after)}: ${field}`);
}

/** What is created, but not as it was shown. */
function contentFields({ content: shown }: PlacedChange, { content: now }: PlacedChange): readonly string[] {
  if (shown === undefined || now === undefined) return [];
  const isSecret = now.kind === 'Secret';
  const fields = diffFields(now, shown).filter(({ path }) => !isRevisionMark(path));
  return fields.map(({ path, found, wanted }) =>
    isSecret ? `${path} (hidden)` : `${path} was shown as ${short(found)}, and is ${short(wanted)}`,
  );
}

function changedFields(shown: readonly FieldChange[], now: readonly FieldChange[]): readonly string[] {
  const before = new Map(shown.map((field) => [field.path, field]));
  const after = new Map(now.map((field) => [field.path, field]));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((path) => {
    const [old, wanted] = [before.get(path), after.get(path)];
    if (isRevisionMark(path) || jsonEqual(old, wanted)) return [];
    return [`${path} was shown as ${arrow(old)}, and is ${arrow(wanted)}`];
  });
}

/** Another revision is called otherwise on every object; what makes it another is told where it is. */
function isRevisionMark(path: string): boolean {
  return path.endsWith(`["${annotations.revision}"]`);
}

function titleOf({ place, change: { op, object } }: PlacedChange): string {
  return `${place}  ${op} ${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`;
}

function firstField({ change: { diff } }: PlacedChange): string {
  const [first] = diff;
  const more = diff.length > 1 ? ` and ${diff.length - 1} more fields` : '';
  return first === undefined ? '' : `: ${first.path}  ${arrow(first)}${more}`;
}

function arrow(field: FieldChange | undefined): string {
  return field === undefined ? 'unchanged' : `${text(field.from)} → ${text(field.to)}`;
}

function text(value: JsonValue | undefined): string {
  return value === undefined ? 'absent' : short(JSON.stringify(value));
}

function short(value: string): string {
  return value.length <= LONGEST ? value : `${value.slice(0, LONGEST)}…`;
}
