import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { compileSources } from './compile-sources';

const ROOMS = [
  'accesspoint',
  'citadel',
  'cli',
  'federation',
  'istio',
  'kernel',
  'kube',
  'nameservice',
  'pilot',
  'zone',
];

/** A real `flotilla zone`, a process of its own that runs this very source. */
export class ZoneProgram {
  private constructor(
    /** Ports on loopback. */
    readonly ports: { readonly xds: number; readonly dns: number },
    private readonly child: ChildProcess,
    private readonly folders: readonly string[],
  ) {}

  /** Starts it beside a gateway cluster; resolves when its ports are open. */
  static async start(cluster: string, kubeconfig: string): Promise<ZoneProgram> {
    const folder = mkdtempSync(join(tmpdir(), 'zone-program-'));
    const source = compileSources(...ROOMS);
    writeFileSync(join(folder, 'kubeconfig'), kubeconfig);
    const anywhere = '127.0.0.1:0';
    const options = { cluster, kubeconfig: join(folder, 'kubeconfig') };
    const listen = { xds: anywhere, tlsXds: anywhere, debug: anywhere, dns: anywhere };
    const script = `require(process.argv[1] + '/cli/commands/zone-command').run(JSON.parse(process.argv[2]))`;
    const child = spawn(process.execPath, ['-e', script, source, JSON.stringify({ ...options, ...listen })], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2_000)));
    for await (const line of createInterface({ input: child.stdout })) {
      const ready = JSON.parse(line) as Readonly<Record<'xds' | 'dns', string>>;
      const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1));
      return new ZoneProgram({ xds: portOf(ready.xds), dns: portOf(ready.dns) }, child, [folder, source]);
    }
    throw new Error(`the zone ended before it was ready: ${said}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }
}
