import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../kernel';
import type { ProcessSpec, ProcessState } from './process-spec';
import { Supervisor } from './supervisor';

const READY = 'console.log(JSON.stringify({ready:true,pid:process.pid}));';
const STAY = 'setInterval(()=>{},1000);';

describe('Supervisor', () => {
  let folder: string;
  let watched: Set<number>;
  let changes: [string, ProcessState][];
  let supervisor: Supervisor;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flotilla-supervisor-'));
    watched = new Set();
    changes = [];
    supervisor = new Supervisor({
      clock: systemClock,
      guard: { watch: (pid) => watched.add(pid), forget: (pid) => watched.delete(pid) },
      onChange: (id, state) => changes.push([id, state]),
    });
  });
  afterEach(async () => {
    await supervisor.stopAll();
    expect(watched).toEqual(new Set());
    rmSync(folder, { recursive: true });
  });

  const spec = (id: string, script: string, tier = 0): ProcessSpec => ({
    id,
    command: process.execPath,
    args: ['-e', script],
    logFile: join(folder, `${id}.log`),
    readiness: { kind: 'ready-line' },
    tier,
  });
  const ends = (id: string) =>
    changes.flatMap(([changed, state]) => (changed === id && state.kind === 'ended' ? [state] : []));
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('starts, kills and starts again, each time as a new process', async () => {
    const first = await supervisor.start(spec('part', READY + STAY));
    expect(first.pid).toBe(supervisor.pidOf('part'));
    expect(watched).toEqual(new Set([first.pid]));
    await supervisor.kill('part');
    expect(isAlive(first.pid as number)).toBe(false);
    expect(ends('part')).toEqual([{ kind: 'ended', how: 'SIGKILL', wanted: true }]);
    const second = await supervisor.restart('part');
    expect(second.pid).not.toBe(first.pid);
    expect(isAlive(second.pid as number)).toBe(true);
  });

  it('says so when a process ends by itself', async () => {
    await supervisor.start(spec('part', `${READY} setTimeout(()=>process.exit(3), 1);`));
    while (ends('part').length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(ends('part')).toEqual([{ kind: 'ended', how: 'exit code 3', wanted: false }]);
  });

  it('reports a process that ends before it is ready, with its last words and the place of its log', async () => {
    const failing = spec('part', 'console.error("no such folder"); process.exit(1);');
    await expect(supervisor.start(failing)).rejects.toMatchObject({
      code: 'FLO6002',
      message: expect.stringContaining('no such folder'),
      hint: expect.stringContaining('part.log'),
    });
    expect(readFileSync(failing.logFile, 'utf8')).toContain('no such folder');
  });

  it('reports a program that cannot be started', async () => {
    const absent = { ...spec('part', ''), command: join(folder, 'absent') };
    await expect(supervisor.start(absent)).rejects.toMatchObject({ code: 'FLO6002' });
  });

  it('asks a probe until it says yes', async () => {
    let questions = 0;
    const isReady = () => Promise.resolve(++questions === 3);
    await supervisor.start({ ...spec('part', STAY), readiness: { kind: 'probe', isReady } });
    expect(questions).toBe(3);
  });

  it('stops the users of others first, and kills what does not listen', async () => {
    await supervisor.start(spec('base', READY + STAY, 0));
    await supervisor.start(spec('user', `process.on('SIGTERM', () => {}); ${READY} ${STAY}`, 1));
    await supervisor.stopAll();
    expect(changes.filter(([, state]) => state.kind === 'ended').map(([id]) => id)).toEqual(['user', 'base']);
    expect(ends('user')).toEqual([{ kind: 'ended', how: 'SIGKILL', wanted: true }]);
    expect(ends('base')).toEqual([{ kind: 'ended', how: 'SIGTERM', wanted: true }]);
    await expect(supervisor.restart('base')).rejects.toMatchObject({ code: 'FLO6013' });
  });

  it('names what it has when asked for something else', async () => {
    await expect(supervisor.kill('absent')).rejects.toMatchObject({ code: 'FLO6011' });
  });
});
