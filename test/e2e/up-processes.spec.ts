import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../fleet/test-fleet';

const main = join(__dirname, '..', '..', 'dist', 'cli', 'main.js');

/** `flotilla up` with one zone, as a user runs it, and the processes that it said it started. */
class RunningUp {
  output = '';
  readonly ended: Promise<number | NodeJS.Signals | null>;

  private constructor(
    readonly child: ChildProcess,
    readonly folder: string,
  ) {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    this.ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  }

  static async start(): Promise<RunningUp> {
    const folder = mkdtempSync(join(tmpdir(), 'flotilla-test-'));
    const env = { ...process.env, PATH: '', ENVOY_PATH: '', XDG_CACHE_HOME: folder };
    const args = [main, 'up', '--zones', '1', '--data', join(folder, 'data')];
    const up = new RunningUp(spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] }), folder);
    await eventually(
      () => Promise.resolve(up.output),
      (output) => output.includes('Ctrl-C stops everything'),
      60_000,
    );
    return up;
  }

  /** Process ids by part, from the table that it printed. */
  get parts(): ReadonlyMap<string, number> {
    const rows = [...this.output.matchAll(/^([a-z]+(?::[a-z0-9-]+)?) +(\d+) +\/.*\.log$/gm)];
    return new Map(rows.map(([, id, pid]) => [id!, Number(pid)]));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !isZombie(pid);
  } catch {
    return false;
  }
}

/** In a container nobody may reap what has ended; such an entry is no process any more. */
function isZombie(pid: number): boolean {
  return /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

const survivors = (pids: readonly number[]) => Promise.resolve(pids.filter(isAlive));

describe('the processes of flotilla up', () => {
  let up: RunningUp;
  afterEach(async () => {
    up.child.kill('SIGTERM');
    await up.ended;
    up.remove();
  }, 30_000);

  it('are stopped by Ctrl-C within seconds', async () => {
    up = await RunningUp.start();
    expect([...up.parts.keys()].sort()).toEqual([
      ...['client:east-1', 'cluster:east-1-apps', 'cluster:east-1-gateway', 'hub', 'workloads:east-1', 'zone:east-1'],
    ]);
    const startedMs = Date.now();
    up.child.kill('SIGINT');
    await up.ended;
    expect(Date.now() - startedMs).toBeLessThan(8_000);
    expect(await survivors([...up.parts.values()])).toEqual([]);
  }, 90_000);

  it('die with their parent, even when it is killed', async () => {
    up = await RunningUp.start();
    const pids = [...up.parts.values()];
    expect(pids).toHaveLength(6);
    expect(await survivors(pids)).toEqual(pids);
    up.child.kill('SIGKILL');
    await up.ended;
    await eventually(
      () => survivors(pids),
      (left) => left.length === 0,
      10_000,
    );
  }, 90_000);

  it('come back when they are killed one by one, and the others stay', async () => {
    up = await RunningUp.start();
    const before = up.parts;
    process.kill(before.get('zone:east-1')!, 'SIGKILL');
    await eventually(
      () => Promise.resolve(up.output),
      (output) => /process zone:east-1: ended, SIGKILL/.test(output),
    );
    const runs = /process zone:east-1: ended[^]*process zone:east-1: runs, process (\d+)/;
    await eventually(
      () => Promise.resolve(up.output),
      (output) => runs.test(output),
      40_000,
    );
    expect(isAlive(Number(runs.exec(up.output)![1]))).toBe(true);
    const others = [...before].filter(([id]) => id !== 'zone:east-1').map(([, pid]) => pid);
    expect(await survivors(others)).toEqual(others);
  }, 120_000);
});
