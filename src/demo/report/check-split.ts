import type { NameProof, Split, SplitMeasurement, UpReport } from './up-report';

/** How far a measured share may lie from its expectation. */
export const STANDARD_DEVIATIONS = 4;

/** A checked row and what is wrong with it. */
export interface CheckedSplit {
  readonly split: Split;
  readonly reasons: readonly string[];
}

/** A global name from one zone, checked. */
export interface CheckedName {
  readonly proof: NameProof;
  readonly reasons: readonly string[];
}

/**
 * Compares one measurement with the expected shares: each zone within four standard deviations of a binomial draw
 * (√(p(1−p)/n)), so a share of 0 or 1 must be met exactly; no errors; at most one crossing.
 */
export function checkSplit(measured: SplitMeasurement, expected: Readonly<Record<string, number>>): CheckedSplit {
  const answered = Object.values(measured.answers).reduce((sum, count) => sum + count, 0);
  const shares = sharesOf(measured.answers, answered);
  const name = `${measured.client} ${measured.protocol} from ${measured.fromZone}`;
  const reasons = [
    ...(answered === 0 ? [`${name}: no request was answered`] : []),
    ...(measured.errors > 0 ? [describeErrors(name, measured)] : []),
    ...(measured.maxCrossings > 1
      ? [`${name}: a request crossed zones ${measured.maxCrossings} times, at most once is right`]
      : []),
    ...(answered > 0 ? deviations(name, shares, expected, answered) : []),
  ];
  const { client, protocol, fromZone, requests, errors } = measured;
  return {
    split: { client, protocol, fromZone, requests, errors, shares, expected, ok: reasons.length === 0 },
    reasons,
  };
}

/** What a zone's DNS server answered. */
export interface DnsAnswers {
  /** How many were asked. */
  readonly questions: number;
  /** Questions that ended in an error, or without an address. */
  readonly unanswered: number;
  /** Zone → how often its gateways were told. */
  readonly told: Readonly<Record<string, number>>;
}

/** Compares what a zone was told by DNS, and who answered within the mesh, with what the name promises: both by the rules of {@link checkSplit}, so that no question may stay without an answer. */
export function checkName(
  name: string,
  { questions, unanswered, told }: DnsAnswers,
  measured: SplitMeasurement,
  expected: Readonly<Record<string, number>>,
): CheckedName {
  const addresses = Object.values(told).reduce((sum, count) => sum + count, 0);
  const dns = sharesOf(told, addresses);
  const label = `${name} by DNS from ${measured.fromZone}`;
  const mesh = checkSplit(measured, expected);
  const reasons = [
    ...(unanswered === 0 ? [] : [`${label}: ${unanswered} of ${questions} questions were not answered`]),
    ...(addresses === 0 ? [] : deviations(label, dns, expected, addresses)),
    ...mesh.reasons.map((reason) => `${name} within the mesh: ${reason}`),
  ];
  const { requests, errors, shares } = mesh.split;
  const proof = {
    name,
    fromZone: measured.fromZone,
    dns: { questions, shares: dns },
    mesh: { requests, errors, shares },
  };
  return { proof: { ...proof, expected, ok: reasons.length === 0 }, reasons };
}

/** What a report tells beside its rows. */
export interface RunFacts {
  readonly durationSeconds: number;
  readonly maxCrossings: number;
  /** Global names that were asked for. */
  readonly names?: readonly CheckedName[];
  /** What kept rows from being measured. */
  readonly failures: readonly string[];
  /** What is worth knowing and not wrong. */
  readonly notes: readonly string[];
}

/** Puts the checked rows together; `ok` means that nothing at all is wrong and that something was measured. */
export function buildReport(checked: readonly CheckedSplit[], run: RunFacts): UpReport {
  const { names = [] } = run;
  const reasons = [...run.failures, ...[...checked, ...names].flatMap((row) => row.reasons)];
  if (checked.length === 0) reasons.push('nothing was measured');
  return {
    kind: 'UpReport',
    ok: reasons.length === 0,
    durationSeconds: run.durationSeconds,
    splits: checked.map(({ split }) => split),
    names: names.map(({ proof }) => proof),
    maxCrossings: run.maxCrossings,
    reasons: [...reasons, ...run.notes.map((note) => `note: ${note}`)],
  };
}

function sharesOf(answers: Readonly<Record<string, number>>, answered: number): Record<string, number> {
  const zones = Object.keys(answers).sort();
  return Object.fromEntries(zones.map((zone) => [zone, answered === 0 ? 0 : (answers[zone] ?? 0) / answered]));
}

function deviations(
  name: string,
  shares: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>>,
  answered: number,
): string[] {
  const zones = [...new Set([...Object.keys(shares), ...Object.keys(expected)])].sort();
  return zones.flatMap((zone) => {
    const want = expected[zone] ?? 0;
    const got = shares[zone] ?? 0;
    const allowed = STANDARD_DEVIATIONS * Math.sqrt((want * (1 - want)) / answered);
    if (Math.abs(got - want) <= allowed + Number.EPSILON) return [];
    return [
      `${name}: ${zone} answered ${percent(got)}, expected ${percent(want)} ± ${percent(allowed)} (${answered} answers)`,
    ];
  });
}

function describeErrors(name: string, { errors, requests, errorMessages }: SplitMeasurement): string {
  const examples = errorMessages.length === 0 ? '' : `: ${errorMessages.join('; ')}`;
  return `${name}: ${errors} of ${requests} requests failed${examples}`;
}

/** A fraction as people read it, `99.02 %`. */
export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}
