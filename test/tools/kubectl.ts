import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectlBinaries } from './kubectl-binaries';

/** How a run of a tool ended. */
export interface ToolResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of one run. */
export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The real kubectl and helm against one server, with a home and caches of their own. */
export class Kubectl {
  readonly folder = mkdtempSync(join(tmpdir(), 'flotilla-kubectl-'));
  private readonly binaries = kubectlBinaries();
  private readonly kubeconfigPath = join(this.folder, 'kubeconfig');

  constructor(kubeconfig: string) {
    writeFileSync(this.kubeconfigPath, kubeconfig, { mode: 0o600 });
  }

  /** Runs kubectl and returns what it printed. @throws Error with its stderr when it fails */
  async run(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return succeeded(args, await this.attempt(args, options));
  }

  /** Runs kubectl, whatever comes of it. */
  attempt(args: readonly string[], options: RunOptions = {}): Promise<ToolResult> {
    return this.execute(this.binaries.kubectl, args, options);
  }

  /** Runs helm and returns what it printed. @throws Error with its stderr when it fails */
  async helm(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return succeeded(args, await this.execute(this.binaries.helm, args, options));
  }

  /** Applies YAML from standard input. */
  apply(yaml: string, ...flags: readonly string[]): Promise<string> {
    return this.run(['apply', ...flags, '-f', '-'], { input: yaml });
  }

  /** Starts kubectl, collects what it prints, and stops it once a text has appeared. @throws Error after the time limit */
  untilPrinted(args: readonly string[], wanted: RegExp, timeoutMs = 20_000): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.binaries.kubectl, args, { env: this.environment() });
      const limit = setTimeout(
        () => end(new Error(`kubectl ${args.join(' ')} did not print ${wanted.source}: ${text}`)),
        timeoutMs,
      );
      let text = '';
      const end = (error?: Error): void => {
        clearTimeout(limit);
        child.kill();
        if (error === undefined) resolve(text);
        else reject(error);
      };
      const onData = (chunk: Buffer): void => {
        text += chunk.toString();
        if (wanted.test(text)) end();
      };
      child.stdout.on('data', onData);
      child.stderr.on('data', onData);
      child.on('error', end);
    });
  }

  /** A file in the tool's folder. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o755 });
    return path;
  }

  private execute(file: string, args: readonly string[], { input, env = {} }: RunOptions): Promise<ToolResult> {
    return new Promise((resolve) => {
      const options = { env: { ...this.environment(), ...env }, maxBuffer: 64 * 1024 * 1024 };
      const child = execFile(file, args, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
      child.stdin?.end(input ?? '');
    });
  }

  private environment(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.folder,
      KUBECONFIG: this.kubeconfigPath,
      KUBECACHEDIR: join(this.folder, 'cache'),
    };
  }
}

function succeeded(args: readonly string[], { code, stdout, stderr }: ToolResult): string {
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}
