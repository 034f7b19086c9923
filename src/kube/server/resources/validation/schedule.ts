/** The fields of a cron schedule, with the numbers that each may have. */
const FIELDS: readonly (readonly [low: number, high: number, names: readonly string[]])[] = [
  [0, 59, []],
  [0, 23, []],
  [1, 31, []],
  [1, 12, ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']],
  [0, 6, ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']],
];
const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** What is wrong with a cron schedule (five fields, or `@daily` and the like); `undefined` when it is one. */
export function scheduleProblem(schedule: string): string | undefined {
  const text = schedule.trim().replace(/^(TZ|CRON_TZ)=\S+\s+/, '');
  if (text.startsWith('@')) {
    const known = DESCRIPTORS.includes(text) || /^@every (\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(text);
    return known ? undefined : `unrecognized descriptor: ${text}`;
  }
  const parts = text.split(/\s+/);
  if (parts.length !== 5) return `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`;
  for (const [index, part] of parts.entries()) {
    const problem = fieldProblem(part, index);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function fieldProblem(field: string, index: number): string | undefined {
  const [low, high, names] = FIELDS[index] ?? [0, 0, []];
  for (const range of field.split(',')) {
    const problem = rangeProblem(range, low, high, names);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function rangeProblem(range: string, low: number, high: number, names: readonly string[]): string | undefined {
  const [span = '', step = '1'] = range.split('/');
  const ends = span === '*' || span === '?' ? [low, high] : span.split('-').map((end) => numberOf(end, names, low));
  const [first = NaN, last = first] = ends;
  if (ends.length > 2 || range.split('/').length > 2) return `too many hyphens or slashes: ${range}`;
  if (Number.isNaN(first) || Number.isNaN(last))
    return `failed to parse int from ${span}: strconv.Atoi: parsing ${JSON.stringify(span)}: invalid syntax`;
  if (first < low) return `beginning of range (${first}) below minimum (${low}): ${range}`;
  if (last > high) return `end of range (${last}) above maximum (${high}): ${range}`;
  if (first > last) return `beginning of range (${first}) beyond end of range (${last}): ${range}`;
  return /^[1-9]\d*$/.test(step) ? undefined : `step of range should be a positive number: ${range}`;
}

function numberOf(text: string, names: readonly string[], low: number): number {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + low;
  return /^\d+$/.test(text) ? Number(text) : NaN;
}
