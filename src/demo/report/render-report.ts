import { percent } from './check-split';
import { textTable } from './text-table';
import type { NameProof, Split, UpReport } from './up-report';

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
    ...nameLines(report.names, zones),
    `total: ${total} requests, ${errors} errors, at most ${report.maxCrossings} zone crossing(s) a request, ${report.durationSeconds.toFixed(1)} s`,
    ...report.reasons.map((reason) => (reason.startsWith('note: ') ? reason : `wrong: ${reason}`)),
    report.ok ? 'ok: every split is within four standard deviations' : 'failed',
  ].join('\n');
}

function nameLines(names: readonly NameProof[], zones: readonly string[]): string[] {
  if (names.length === 0) return [];
  const header = ['FROM', 'NAME', 'ASKED', 'ANSWERS', ...zones.map((zone) => `TO ${zone}`), ''];
  const rows = names.flatMap(({ name, fromZone, dns, mesh, expected, ok }) => {
    const cells = (shares: NameProof['expected']): string[] =>
      zones.map((zone) => `${percent(shares[zone] ?? 0)} (of ${percent(expected[zone] ?? 0)})`);
    const verdict = ok ? 'ok' : 'WRONG';
    return [
      [fromZone, name, 'by DNS', String(dns.questions), ...cells(dns.shares), verdict],
      [fromZone, name, 'in the mesh', String(mesh.requests), ...cells(mesh.shares), verdict],
    ];
  });
  return [textTable(header, rows), ''];
}

function row(split: Split, zones: readonly string[]): string[] {
  const { fromZone, client, protocol, requests, errors, shares, expected, ok } = split;
  const cells = zones.map((zone) => `${percent(shares[zone] ?? 0)} (of ${percent(expected[zone] ?? 0)})`);
  return [fromZone, client, protocol, String(requests), String(errors), ...cells, ok ? 'ok' : 'WRONG'];
}
