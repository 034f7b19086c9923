import type { DriftReport, DriftRow, UnknownCluster } from './drift-report';

/** Longest value that is shown in full. */
const LONGEST = 120;

/** The drift for people: a line per field, who could not be asked, and a summary line. */
export function formatDrift({ drift, asked, notAsked, unknown }: DriftReport): string {
  const present = drift.filter(isThere);
  const clusters = new Set(present.map(({ cluster }) => cluster)).size;
  const lines = [
    ...drift.map(rowText),
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

function rowText({ cluster, object, path, wanted, found, firstSeen, state }: DriftRow): string {
  const what = path === '' ? object : `${object}  ${path}`;
  const since = firstSeen === undefined ? '' : `  since ${firstSeen}`;
  const end = { now: '', reported: '  (its zone says so)', repaired: '  (gone again)' }[state];
  return `${cluster}  ${what}  ${short(wanted)} → ${short(found)}${since}${end}`;
}

function unknownText({ cluster, reason }: UnknownCluster, what: string): string {
  return `${cluster}  ${what}: ${reason}`;
}

function short(value: string): string {
  return value.length <= LONGEST ? value : `${value.slice(0, LONGEST)}…`;
}
