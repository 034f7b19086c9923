import { canonicalJson } from '../../kernel';
import type { Faults, Field } from '../findings';

/** Routes and matches that an earlier route has taken everything from. */
export function* unreachableFaults(routes: Field, kind: string): Faults {
  const taken = new Map<string, Field>();
  const earlier: Field[] = [];
  let everything: Field | undefined;
  for (const route of routes.items) {
    const matches = route.at('match').items;
    if (everything !== undefined) yield unreachable(route, everything);
    if (matches.length === 0) everything ??= route;
    const used = matches.filter((match) => taken.has(keyOf(match)));
    for (const match of used) yield ineffective(match, taken.get(keyOf(match)));
    if (everything === undefined && used.length > 0 && used.length === matches.length)
      yield {
        code: 'FLO8060',
        path: route.path,
        message: 'the route is never used: earlier routes have all its matches',
      };
    for (const match of matches) if (!taken.has(keyOf(match))) taken.set(keyOf(match), match);
    if (kind === 'http') {
      yield* coveredFaults(
        matches.filter((match) => !used.includes(match)),
        earlier,
      );
      earlier.push(...matches);
    }
  }
}

function unreachable(route: Field, by: Field): { code: string; path: string; message: string; hint: string } {
  const message = `the route is never used: ${by.path} has no match and takes everything before it`;
  return { code: 'FLO8060', path: route.path, message, hint: 'move the route without a match to the end' };
}

function ineffective(match: Field, by: Field | undefined): { code: string; path: string; message: string } {
  return {
    code: 'FLO8061',
    path: match.path,
    message: `the match is never used: ${by?.path ?? 'an earlier one'} is the same`,
  };
}

/** A path prefix that an earlier, shorter prefix with the same further conditions has taken already. */
function* coveredFaults(matches: readonly Field[], earlier: readonly Field[]): Faults {
  for (const match of matches) {
    const prefix = match.at('uri').at('prefix').text;
    if (prefix === undefined) continue;
    const by = earlier.find((other) => {
      const shorter = other.at('uri').at('prefix').text ?? '';
      return (
        shorter !== '' &&
        shorter !== prefix &&
        prefix.startsWith(shorter) &&
        conditionsOf(other) === conditionsOf(match)
      );
    });
    if (by !== undefined)
      yield {
        code: 'FLO8061',
        path: match.path,
        message: `the match is never used: ${by.path} takes a shorter prefix of "${prefix}"`,
      };
  }
}

/** The name of a match has no effect on traffic. */
function keyOf(match: Field): string {
  return canonicalJson(
    Object.fromEntries(match.entries.filter(([name]) => name !== 'name').map(([name, { value }]) => [name, value])),
  );
}

function conditionsOf(match: Field): string {
  return canonicalJson(
    Object.fromEntries(
      match.entries.filter(([name]) => !['name', 'uri'].includes(name)).map(([name, { value }]) => [name, value]),
    ),
  );
}
