import * as fc from 'fast-check';
import { buildReport, checkName, checkSplit } from './check-split';
import { renderReport } from './render-report';
import type { SplitMeasurement } from './up-report';

const measured = (answers: Record<string, number>, more: Partial<SplitMeasurement> = {}): SplitMeasurement => ({
  client: 'grpc',
  protocol: 'grpc',
  fromZone: 'east/east-1',
  requests: Object.values(answers).reduce((sum, count) => sum + count, 0) + (more.errors ?? 0),
  errors: 0,
  errorMessages: [],
  answers,
  maxCrossings: 1,
  durationMs: 1_000,
  ...more,
});
const expected = { 'east/east-1': 0.99, 'east/east-2': 0.01 };

describe('checkSplit', () => {
  it('accepts what lies within four standard deviations, and nothing beyond', () => {
    // n = 10,000, p = 0.01: one standard deviation is 9.95 answers.
    for (const remote of [61, 100, 139]) {
      const { split, reasons } = checkSplit(
        measured({ 'east/east-1': 10_000 - remote, 'east/east-2': remote }),
        expected,
      );
      expect(reasons).toEqual([]);
      expect(split.ok).toBe(true);
    }
    for (const remote of [0, 60, 140, 5_000]) {
      const { split, reasons } = checkSplit(
        measured({ 'east/east-1': 10_000 - remote, 'east/east-2': remote }),
        expected,
      );
      expect(split.ok).toBe(false);
      expect(reasons.join()).toContain('east/east-2');
    }
  });

  it('allows no answer at all from a zone that should have no share', () => {
    const { reasons } = checkSplit(measured({ 'east/east-1': 9_899, 'east/east-2': 100, 'west/west-1': 1 }), expected);
    expect(reasons).toEqual([expect.stringContaining('west/west-1')]);
  });

  it('fails on errors, on two crossings, and when nothing answered', () => {
    const answers = { 'east/east-1': 9_900, 'east/east-2': 100 };
    const failed = checkSplit(measured(answers, { errors: 3, errorMessages: ['refused'] }), expected);
    expect(failed.reasons).toEqual(['grpc grpc from east/east-1: 3 of 10003 requests failed: refused']);
    expect(checkSplit(measured(answers, { maxCrossings: 2 }), expected).split.ok).toBe(false);
    expect(checkSplit(measured({}, { errors: 10 }), expected).split.ok).toBe(false);
  });

  it('judges as the binomial distribution says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 50_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const local = Math.round(n * share);
        const { split } = checkSplit(measured({ a: local, b: n - local }), { a: 0.99, b: 0.01 });
        const allowed = 4 * Math.sqrt((0.99 * 0.01) / n);
        expect(split.ok).toBe(Math.abs(local / n - 0.99) <= allowed + Number.EPSILON);
      }),
    );
  });
});

describe('checkName', () => {
  const expected = { 'east/east-1': 0.99, 'east/east-2': 0.01 };
  const mesh = {
    ...({
      client: 'grpc',
      protocol: 'grpc',
      fromZone: 'east/east-1',
      requests: 1000,
      errors: 0,
      errorMessages: [],
    } as const),
    ...{ answers: { 'east/east-1': 990, 'east/east-2': 10 }, maxCrossings: 1, durationMs: 1 },
  } as const;

  it('is right when DNS and mesh both are, and wrong with either, by name', () => {
    const told = { questions: 500, unanswered: 0, told: { 'east/east-1': 495, 'east/east-2': 5 } };
    expect(checkName('pay.example', told, mesh, expected).proof).toMatchObject({ ok: true, dns: { questions: 500 } });
    const elsewhere = { questions: 500, unanswered: 0, told: { 'east/east-1': 250, 'west/west-1': 250 } };
    const { proof, reasons } = checkName('pay.example', elsewhere, mesh, expected);
    expect(proof.ok).toBe(false);
    expect(reasons).toEqual(expect.arrayContaining([expect.stringMatching(/pay.example by DNS .* west\/west-1/)]));
    const lost = { ...mesh, errors: 1 };
    expect(checkName('pay.example', told, lost, expected).reasons[0]).toContain('pay.example within the mesh:');
  });

  it('is wrong when a question stays without an answer, however right the others are', () => {
    const half = { questions: 1000, unanswered: 500, told: { 'east/east-1': 495, 'east/east-2': 5 } };
    const { proof, reasons } = checkName('pay.example', half, mesh, expected);
    expect(reasons).toEqual(['pay.example by DNS from east/east-1: 500 of 1000 questions were not answered']);
    expect(proof).toMatchObject({ ok: false, dns: { questions: 1000, shares: expected } });
    expect(checkName('pay.example', { questions: 9, unanswered: 9, told: {} }, mesh, expected).reasons).toEqual([
      'pay.example by DNS from east/east-1: 9 of 9 questions were not answered',
    ]);
  });
});

describe('buildReport', () => {
  const good = checkSplit(measured({ 'east/east-1': 9_900, 'east/east-2': 100 }), expected);
  const bad = checkSplit(measured({ 'east/east-1': 10_000 }), expected);
  const run = { durationSeconds: 30, maxCrossings: 1, failures: [], notes: [] };

  it('is fine only when every row is', () => {
    expect(buildReport([good], run).ok).toBe(true);
    expect(buildReport([good, bad], run)).toMatchObject({ ok: false, reasons: bad.reasons });
    expect(buildReport([], run)).toMatchObject({ ok: false, reasons: ['nothing was measured'] });
  });

  it('fails when something could not be measured', () => {
    const report = buildReport([good], { ...run, failures: ['no client in west/west-1'] });
    expect(report).toMatchObject({ ok: false, reasons: ['no client in west/west-1'] });
  });

  it('carries notes without failing', () => {
    const report = buildReport([good], { ...run, notes: ['no Envoy'] });
    expect(report).toMatchObject({ ok: true, reasons: ['note: no Envoy'] });
  });

  it('reads well', () => {
    expect(renderReport(buildReport([good, bad], run)).split('\n')).toEqual([
      'FROM         CLIENT  PROTOCOL  REQUESTS  ERRORS  TO east/east-1         TO east/east-2',
      'east/east-1  grpc    grpc      10000     0       99.00 % (of 99.00 %)   1.00 % (of 1.00 %)  ok',
      'east/east-1  grpc    grpc      10000     0       100.00 % (of 99.00 %)  0.00 % (of 1.00 %)  WRONG',
      '',
      'total: 20000 requests, 0 errors, at most 1 zone crossing(s) a request, 30.0 s',
      'wrong: grpc grpc from east/east-1: east/east-1 answered 100.00 %, expected 99.00 % ± 0.40 % (10000 answers)',
      'wrong: grpc grpc from east/east-1: east/east-2 answered 0.00 %, expected 1.00 % ± 0.40 % (10000 answers)',
      'failed',
    ]);
  });
});
