import type { ChangePlan, ObjectChange } from '../federation';
import { canonicalJson } from '../kernel';

const SHOWN = 20;

/** What two plans do not have in common, one line per object: `-` was shown and would not happen, `+` would happen and was not shown. */
export function planDifference(shown: ChangePlan, now: ChangePlan): readonly string[] {
  const before = linesOf(shown);
  const after = linesOf(now);
  const lines = [
    ...[...before].filter(([key]) => !after.has(key)).map(([, line]) => `  - ${line}`),
    ...[...after].filter(([key]) => !before.has(key)).map(([, line]) => `  + ${line}`),
  ];
  const more = lines.length > SHOWN ? [`  and ${lines.length - SHOWN} more`] : [];
  if (lines.length > 0) return [...lines.slice(0, SHOWN), ...more];
  return ['  the content of objects that are created differs'];
}

/** Key of a change with everything that it does → the line that tells of it. */
function linesOf({ clusters, intent }: ChangePlan): ReadonlyMap<string, string> {
  const places = [{ cluster: 'hub', changes: intent }, ...clusters];
  return new Map(
    places.flatMap(({ cluster, changes }) =>
      changes.map((change) => [`${cluster} ${canonicalJson(change)}`, lineOf(cluster, change)] as const),
    ),
  );
}

function lineOf(cluster: string, { op, object, diff }: ObjectChange): string {
  const name = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
  const [first] = diff;
  const field = first === undefined ? '' : `: ${first.path} → ${JSON.stringify(first.to)}`;
  return `${cluster}  ${op} ${object.kind} ${name}${field}`;
}
