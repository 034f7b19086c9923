import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Keeps the promise that no child outlives its parent, whatever ends the parent: a process of its own that knows the
 * children by id and is connected to the parent by a pipe. When the pipe closes, it ends all children that are left.
 */
export class ProcessGuard {
  private constructor(private readonly child: ChildProcess) {}

  /** @param command how to run {@link guardProcesses}: program and arguments */
  static start(command: readonly [string, ...string[]]): ProcessGuard {
    const [program, ...args] = command;
    const child = spawn(program, args, { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
    // A guard that is gone (killed by hand) must not take the parent down with EPIPE; there is then nothing left to tell.
    child.stdin?.on('error', () => child.stdin?.destroy());
    return new ProcessGuard(child);
  }

  /** The guard's own process id. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** From now on this process ends with the parent. */
  watch(pid: number): void {
    this.tell(`+${pid}`);
  }

  /** This process has ended; its id may be given to another one. */
  forget(pid: number): void {
    this.tell(`-${pid}`);
  }

  /** Closes the pipe and waits until the guard has ended; it ends what is still watched. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.stdin?.end();
    await ended;
  }

  private tell(line: string): void {
    if (this.child.stdin?.writable) this.child.stdin.write(`${line}\n`);
  }
}
