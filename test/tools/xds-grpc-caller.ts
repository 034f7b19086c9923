import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** How many calls each server answered; failed calls under `error CODE DETAILS`. */
export type Answers = Readonly<Record<string, number>>;

/** A program that reads `TARGET COUNT` lines, makes that many calls, and answers each line with one of JSON: who answered how often. */
export interface CallerProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The client of @grpc/grpc-js-xds. */
const nodeProgram: CallerProgram = { command: process.execPath, args: [join(__dirname, 'xds-grpc-child.cjs')] };

/** A process of its own with a real proxyless gRPC client, which finds servers by xDS alone. */
export class XdsGrpcCaller {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: ((answers: Answers) => void)[] = [];

  constructor(
    xdsPort: number,
    node: { readonly id: string; readonly region: string; readonly zone: string },
    program: CallerProgram = nodeProgram,
  ) {
    const bootstrap = {
      xds_servers: [
        { server_uri: `127.0.0.1:${xdsPort}`, channel_creds: [{ type: 'insecure' }], server_features: ['xds_v3'] },
      ],
      node: {
        id: node.id,
        locality: { region: node.region, zone: node.zone, sub_zone: '' },
        metadata: { GENERATOR: 'grpc', NAMESPACE: 'shop', CLUSTER_ID: 'east-1' },
      },
    };
    const env = { ...process.env, ...program.env, GRPC_XDS_BOOTSTRAP_CONFIG: JSON.stringify(bootstrap) };
    this.child = spawn(program.command, program.args, { env });
    this.child.stderr.pipe(process.stderr);
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      this.waiting.shift()?.(JSON.parse(line) as Answers);
    });
  }

  /** Makes calls and tells who answered. */
  call(target: string, count: number): Promise<Answers> {
    this.child.stdin.write(`${target} ${count}\n`);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin.end();
    await gone;
  }
}
