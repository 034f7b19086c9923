import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { UpReport } from '../../src/demo';

const main = join(__dirname, '..', '..', 'dist', 'cli', 'main.js');
const zones = ['east/east-1', 'east/east-2', 'west/west-1'];

/** Runs `flotilla up --once -o json` as a user would. @param envoy program, or undefined for a machine without one */
function upOnce(envoy: string | undefined): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, PATH: '', ENVOY_PATH: envoy ?? '', XDG_CACHE_HOME: '/nonexistent' };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'up', '--once', '-o', 'json'], { env }, (failure, stdout, stderr) => {
      resolve({ code: typeof failure?.code === 'number' ? failure.code : 0, stdout, stderr });
    });
  });
}

/** The proof that `flotilla up --once` gives, checked from outside. @param protocols `client protocol` of the rows per zone */
export async function expectSplitProven(
  envoy: string | undefined,
  protocols: readonly (readonly [string, string])[],
): Promise<void> {
  const { code, stdout, stderr } = await upOnce(envoy);
  const report = JSON.parse(stdout) as UpReport;
  const wrong = report.reasons.filter((reason) => !reason.startsWith('note:'));
  if (code !== 0) throw new Error(`up --once ended with ${code}: ${wrong.join('; ')}\n${stderr}`);
  expect(report).toMatchObject({ kind: 'UpReport', ok: true, maxCrossings: 1 });
  expect(wrong).toEqual([]);
  expect(report.durationSeconds).toBeLessThan(60);
  expect(report.splits.map(({ client, protocol, fromZone }) => [client, protocol, fromZone])).toEqual(
    protocols.flatMap(([client, protocol]) => zones.map((zone) => [client, protocol, zone])),
  );
  expect(report.names.map(({ fromZone, ok }) => [fromZone, ok])).toEqual(zones.map((zone) => [zone, true]));
  for (const { fromZone, dns, mesh, expected } of report.names) {
    // DNS counts questions instead of drawing lots, so three whole cycles are exact.
    expect(dns).toEqual({ questions: 300, shares: expected });
    expect(mesh).toMatchObject({ requests: 500, errors: 0 });
    expect(expected[fromZone]).toBe(0.99);
  }
  for (const split of report.splits) {
    expect(split).toMatchObject({ requests: 10_000, errors: 0, ok: true });
    expect(split.expected[split.fromZone]).toBe(0.99);
    const deviation = Math.abs(split.shares[split.fromZone]! - 0.99);
    expect(deviation).toBeLessThanOrEqual(4 * Math.sqrt((0.99 * 0.01) / 10_000));
    expect(Object.values(split.shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  }
}
