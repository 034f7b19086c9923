import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { type Clock, FlotillaError, pause } from '../../kernel';
import { lastLines } from './last-lines';
import type { ProcessGuard } from './process-guard';
import type { ProcessSpec, ProcessState, ReadyLine } from './process-spec';
import { ReadyLineParser } from './ready-line';

const READY_TIMEOUT_MS = 30_000;
const PROBE_INTERVAL_MS = 50;
/** Long-lived processes stop within 2 s of SIGTERM; one that does not is killed. */
const STOP_GRACE_MS = 3_000;

/** What a managed process needs from its surroundings. */
export interface ProcessSurroundings {
  readonly clock: Clock;
  readonly guard: Pick<ProcessGuard, 'watch' | 'forget'>;
  /** Told about every change of state. */
  readonly onChange: (id: string, state: ProcessState) => void;
}

/**
 * One process that can be started, killed and started again. It runs in a session of its own, so that Ctrl-C in the
 * terminal reaches only the parent, which then stops its children in order; the guard ends it should the parent die.
 */
export class ManagedProcess {
  private child: ChildProcess | undefined;
  private ended: Promise<void> = Promise.resolve();
  private stopping = false;
  private current: ProcessState = { kind: 'new' };

  constructor(
    readonly spec: ProcessSpec,
    private readonly surroundings: ProcessSurroundings,
  ) {}

  get state(): ProcessState {
    return this.current;
  }

  /** The process id while it runs. */
  get pid(): number | undefined {
    return this.current.kind === 'starting' || this.current.kind === 'ready' ? this.current.pid : undefined;
  }

  /**
   * Starts it and waits until it is ready.
   * @throws FlotillaError FLO6002 when it ends before, FLO6003 when it is not ready within 30 s.
   */
  async start(): Promise<ReadyLine> {
    if (this.current.kind === 'ready') return this.current.line;
    const child = this.spawn();
    const abort = new AbortController();
    try {
      const line = await Promise.race([
        this.untilReady(child, abort.signal),
        this.ended.then(() => this.failEarly()),
        pause(this.surroundings.clock, READY_TIMEOUT_MS, abort.signal).then(() => this.failLate()),
      ]);
      this.change({ kind: 'ready', pid: child.pid ?? 0, line });
      return line;
    } catch (cause) {
      await this.kill('SIGKILL');
      throw cause;
    } finally {
      abort.abort();
    }
  }

  /** Asks it to end (SIGTERM), and kills it when it has not within 3 s. */
  async stop(): Promise<void> {
    const abort = new AbortController();
    const asked = this.kill('SIGTERM');
    const force = pause(this.surroundings.clock, STOP_GRACE_MS, abort.signal).then(() => {
      if (!abort.signal.aborted) this.child?.kill('SIGKILL');
    });
    await asked;
    abort.abort();
    await force;
  }

  /** Sends a signal that ends it, and waits until it has ended. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    if (this.child === undefined) return;
    this.stopping = true;
    this.child.kill(signal);
    await this.ended;
  }

  private spawn(): ChildProcess {
    const { command, args, env, logFile, readiness } = this.spec;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    const stdout = readiness.kind === 'ready-line' ? 'pipe' : log;
    this.stopping = false;
    const child = spawn(command, [...args], {
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', stdout, log],
    });
    closeSync(log);
    this.child = child;
    this.ended = this.untilEnded(child);
    if (child.pid !== undefined) {
      this.surroundings.guard.watch(child.pid);
      this.change({ kind: 'starting', pid: child.pid });
    }
    return child;
  }

  private untilEnded(child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      const done = (how: string): void => {
        if (this.child !== child) return;
        this.child = undefined;
        if (child.pid !== undefined) this.surroundings.guard.forget(child.pid);
        this.change({ kind: 'ended', how, wanted: this.stopping });
        resolve();
      };
      child.once('error', (cause) => done(cause.message));
      child.once('exit', (code, signal) => done(signal ?? `exit code ${code ?? 0}`));
    });
  }

  private async untilReady(child: ChildProcess, signal: AbortSignal): Promise<ReadyLine> {
    const { readiness } = this.spec;
    if (readiness.kind === 'ready-line') return firstReadyLine(child.stdout);
    while (!signal.aborted) {
      if (await readiness.isReady()) return { ready: true };
      await pause(this.surroundings.clock, PROBE_INTERVAL_MS, signal);
    }
    return { ready: false };
  }

  private failEarly(): never {
    const how = this.current.kind === 'ended' ? this.current.how : 'unknown end';
    throw this.failure('FLO6002', `ended before it was ready (${how})`);
  }

  private failLate(): never {
    throw this.failure('FLO6003', `was not ready within ${READY_TIMEOUT_MS / 1000} s`);
  }

  private failure(code: string, why: string): FlotillaError {
    const { id, logFile } = this.spec;
    const tail = lastLines(logFile, 5);
    const said = tail === '' ? '' : `; its last words:\n${tail}`;
    return new FlotillaError(`starting ${id} failed: it ${why}${said}`, { code, hint: `read ${logFile}` });
  }

  private change(state: ProcessState): void {
    this.current = state;
    this.surroundings.onChange(this.spec.id, state);
  }
}

/** Waits for the ready line; goes on reading afterwards, so that the child never blocks on a full pipe. */
function firstReadyLine(stdout: Readable | null): Promise<ReadyLine> {
  const parser = new ReadyLineParser();
  return new Promise((resolve) => {
    stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const line = parser.push(chunk);
      if (line) resolve(line);
    });
  });
}
