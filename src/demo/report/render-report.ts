import { percent } from './check-split';
import { textTable } from './text-table';
import type { Split, UpReport } from './up-report';

/** The report for people: one row per client, protocol and zone of origin, the total, and the reasons. */
export function renderReport(report: UpReport): string {
  const zones = [...new Set(report.splits.flatMap(({ shares, expected }) => Object.keys({ ...shares, ...expected })))];
  const header = ['FROM', 'CLIENT', 'PROTOCOL', 'REQUESTS', 'ERRORS', ...zones.sort().map((zone) => `TO ${zone}`), ''];
  const rows = report.splits.map((split) => row(split, zones));
  const total = report.splits.reduce((sum, { requests }) => sum + requests, 0);
  const errors = report.splits.reduce((sum, split) => sum + split.errors, 0);
  return [
    textTable(header, rows),
    '',
    `total: ${total} requests, ${errors} errors, at most ${report.maxCrossings} zone crossing(s) a request, ${report.durationSeconds.toFixed(1)} s`,
    ...report.reasons.map((reason) => (reason.startsWith('note: ') ? reason : `wrong: ${reason}`)),
    report.ok ? 'ok: every split is within four standard deviations' : 'failed',
  ].join('\n');
}

function row(split: Split, zones: readonly string[]): string[] {
  const { fromZone, client, protocol, requests, errors, shares, expected, ok } = split;
  const cells = zones.map((zone) => `${percent(shares[zone] ?? 0)} (of ${percent(expected[zone] ?? 0)})`);
  return [fromZone, client, protocol, String(requests), String(errors), ...cells, ok ? 'ok' : 'WRONG'];
}
