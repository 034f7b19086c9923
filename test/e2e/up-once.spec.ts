import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { UpReport } from '../../src/demo';

const main = join(__dirname, '..', '..', 'dist', 'cli', 'main.js');

/** Without Envoy, whatever this machine has: that path belongs to the tests with real parts. */
const env = { ...process.env, PATH: '', ENVOY_PATH: '', XDG_CACHE_HOME: '/nonexistent' };

function upOnce(): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'up', '--once', '-o', 'json'], { env }, (failure, stdout, stderr) => {
      resolve({ code: typeof failure?.code === 'number' ? failure.code : 0, stdout, stderr });
    });
  });
}

it('proves the split from each of three zones with 10,000 requests, within a minute, and prints the report', async () => {
  const { code, stdout, stderr } = await upOnce();
  const report = JSON.parse(stdout) as UpReport;
  expect({
    code,
    ok: report.ok,
    reasons: report.reasons.filter((reason) => !reason.startsWith('note:')),
    stderr,
  }).toEqual({
    ...{ code: 0, ok: true, reasons: [] },
    stderr: expect.any(String),
  });
  expect(report).toMatchObject({ kind: 'UpReport', maxCrossings: 1 });
  expect(report.durationSeconds).toBeLessThan(60);
  expect(report.splits.map(({ fromZone }) => fromZone)).toEqual(['east/east-1', 'east/east-2', 'west/west-1']);
  for (const split of report.splits) {
    expect(split).toMatchObject({ client: 'grpc', protocol: 'grpc', requests: 10_000, errors: 0, ok: true });
    expect(split.expected[split.fromZone]).toBe(0.99);
    const deviation = Math.abs(split.shares[split.fromZone]! - 0.99);
    expect(deviation).toBeLessThanOrEqual(4 * Math.sqrt((0.99 * 0.01) / 10_000));
    expect(Object.values(split.shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  }
}, 90_000);
