import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectlBinaries } from './kubectl-binaries';

const root = join(__dirname, '..', '..');

/** The terminals of somebody who follows a page: a folder, `flotilla`, kubectl and helm on the path, and what was exported before. */
export class PageShell {
  readonly folder = mkdtempSync(join(tmpdir(), 'flotilla-docs-'));
  private readonly exported: string[] = [];
  private readonly background: ChildProcess[] = [];

  /** Runs a block to its end and returns what it printed. @throws Error when it does not end with the wanted exit code */
  run(text: string, wantedExit: number, title: string): string {
    const script = [...this.exported, text].join('\n');
    const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', script], {
      cwd: this.folder,
      encoding: 'utf8',
      env: this.environment(),
      timeout: 180_000,
    });
    if (status !== wantedExit) {
      throw new Error(`${title}: exit code ${status}, wanted ${wantedExit}\n${stdout}${stderr}`);
    }
    this.exported.push(...text.split('\n').filter((line) => line.startsWith('export ')));
    return stdout;
  }

  /** Starts a block in a terminal of its own; what it prints goes into a file of the page's folder. */
  start(text: string, output: string): void {
    const log = openSync(join(this.folder, output), 'w');
    const script = [...this.exported, `exec ${text}`].join('\n');
    const stdio = ['ignore', log, log] as const;
    const options = { cwd: this.folder, env: this.environment(), detached: true, stdio: [...stdio] };
    this.background.push(spawn('sh', ['-e', '-c', script], options));
  }

  /** Presses Ctrl-C in every terminal, waits for the ends, and clears the folder. */
  async close(): Promise<void> {
    await Promise.all(this.background.map(interrupt));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private environment(): NodeJS.ProcessEnv {
    const tools = join(this.folder, '.tools');
    mkdirSync(tools, { recursive: true });
    const { kubectl, helm } = kubectlBinaries();
    symlinkOnce(kubectl, join(tools, 'kubectl'));
    symlinkOnce(helm, join(tools, 'helm'));
    const path = `${join(root, 'bin')}:${tools}:${process.env.PATH}`;
    return { ...process.env, PATH: path, HOME: this.folder, NO_COLOR: '1', FLOTILLA_SKIP_PREPARE: '1' };
  }
}

function symlinkOnce(target: string, path: string): void {
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

/** The process group as a terminal would, so that children hear of it too. */
function interrupt(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  const { pid } = child;
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    process.kill(-pid, 'SIGINT');
  });
}
