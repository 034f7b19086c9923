import type { DriftReport, DriftRow, UnknownCluster } from './drift-report';

/** Longest value that is shown in full. */
const LONGEST = 120;

/** The drift for people: a line per field, who could not be asked, and a summary line. `isWide` shows values in full. */
export function formatDrift({ drift, asked, notAsked, unknown }: DriftReport, isWide = false): string {
  const present = drift.filter(isThere);
  const clusters = new Set(present.map(({ cluster }) => cluster)).size;
  const lines = [
    ...drift.map((row) => rowText(row, isWide ? Infinity : LONGEST)),
    ...notAsked.map((row) => unknownText(row, 'not asked, its zone reports')),
    ...unknown.map((row) => unknownText(row, 'not known')),
    `Drift: ${present.length} fields in ${clusters} clusters; ${asked.length} clusters asked, ${notAsked.length} known by their zones; ${unknown.length} zones not known.`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Whether the field differs still, as far as anybody knows. */
export function isThere({ state }: DriftRow): boolean {
  return state !== 'repaired';
}

function rowText({ cluster, object, path, wanted, found, firstSeen, state }: DriftRow, longest: number): string {
  const what = path === '' ? object : `${object}  ${path}`;
  const since = firstSeen === undefined ? '' : `  since ${firstSeen}`;
  const end = { now: '', reported: '  (its zone says so)', repaired: '  (gone again)' }[state];
  return `${cluster}  ${what}  ${short(wanted, longest)} → ${short(found, longest)}${since}${end}`;
}

function unknownText({ cluster, reason }: UnknownCluster, what: string): string {
  return `${cluster}  ${what}: ${reason}`;
}

function short(value: string, longest: number): string {
  return value.length <= longest ? value : `${value.slice(0, longest)}…`;
}
