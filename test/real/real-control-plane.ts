import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { realPart } from './real-parts';

const TOKEN = 'real-control-plane-admin';

/** The controllers whose work an embedded API server does itself. */
const CONTROLLERS = [
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'clusterrole-aggregation-controller',
];

/** One real API server: where it is, and how to kill it and bring it back on the same port. */
export interface RealCluster {
  readonly name: string;
  readonly url: string;
  readonly kubeconfigFile: string;
  readonly kubeconfig: string;
  readonly caFile: string;
  readonly token: string;
  start(): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Several upstream kube-apiservers over one etcd, told apart by their etcd prefix. Everything lives below one folder. */
export class RealControlPlane {
  private readonly children = new Set<ChildProcess>();
  private etcdUrl = '';

  private constructor(private readonly folder: string) {}

  static async start(folder: string): Promise<RealControlPlane> {
    mkdirSync(folder, { recursive: true });
    const plane = new RealControlPlane(folder);
    const [clientPort, peerPort] = [await freePort(), await freePort()];
    const data = join(folder, 'etcd');
    const child = plane.spawn('etcd', [
      'etcd',
      '-data',
      data,
      '-client-port',
      `${clientPort}`,
      '-peer-port',
      `${peerPort}`,
    ]);
    await firstLine(child);
    plane.etcdUrl = `http://127.0.0.1:${clientPort}`;
    return plane;
  }

  /** Starts one API server. With `controllers`, garbage collection and namespace deletion run beside it. */
  async cluster(
    name: string,
    options: { readonly controllers?: boolean; readonly dualStack?: boolean } = {},
  ): Promise<RealCluster> {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const files = writeClusterFiles(folder, `https://127.0.0.1:${port}`);
    let child: ChildProcess | undefined;
    const cluster: RealCluster = {
      name,
      url: `https://127.0.0.1:${port}`,
      token: TOKEN,
      caFile: files.ca,
      kubeconfigFile: files.kubeconfig,
      get kubeconfig() {
        return readFileSync(files.kubeconfig, 'utf8');
      },
      start: async () => {
        child = this.spawn(name, ['api', ...this.apiServerFlags(name, folder, port), ...serviceRanges(options)]);
        await untilReady(port, child);
        writeKubeconfig(files.kubeconfig, cluster.url, readFileSync(files.ca));
      },
      stop: async (signal = 'SIGTERM') => {
        if (child) await end(child, signal);
      },
    };
    await cluster.start();
    if (options.controllers) this.startControllers(name, files.kubeconfig);
    return cluster;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.children].map((child) => end(child, 'SIGKILL')));
  }

  private startControllers(name: string, kubeconfig: string): void {
    this.spawn(`${name}-controllers`, [
      'controller-manager',
      `--kubeconfig=${kubeconfig}`,
      `--controllers=${CONTROLLERS.join()}`,
      '--leader-elect=false',
      '--secure-port=0',
    ]);
  }

  private apiServerFlags(name: string, folder: string, port: number): string[] {
    return [
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--cert-dir=${folder}`,
      `--etcd-servers=${this.etcdUrl}`,
      `--etcd-prefix=/${name}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${join(folder, 'sa.pub')}`,
      `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
      `--token-auth-file=${join(folder, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--disable-admission-plugins=ServiceAccount',
      '--endpoint-reconciler-type=none',
    ];
  }

  private spawn(name: string, args: readonly string[]): ChildProcess {
    const child = spawn(realPart('kubeApiServer'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr.pipe(createWriteStream(join(this.folder, `${name}.log`), { flags: 'a' }));
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    return child;
  }
}

function serviceRanges({ dualStack = false }: { readonly dualStack?: boolean }): string[] {
  return [`--service-cluster-ip-range=10.96.0.0/16${dualStack ? ',fd00:10:96::/112' : ''}`];
}

function writeClusterFiles(folder: string, server: string): { ca: string; kubeconfig: string } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(join(folder, 'tokens.csv'), `${TOKEN},admin,admin,"system:masters"\n`);
  writeFileSync(join(folder, 'server'), server);
  return { ca: join(folder, 'apiserver.crt'), kubeconfig: join(folder, 'kubeconfig') };
}

function writeKubeconfig(file: string, server: string, ca: Buffer): void {
  const cluster = { server, 'certificate-authority-data': ca.toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'real',
    clusters: [{ name: 'real', cluster }],
    users: [{ name: 'admin', user: { token: TOKEN } }],
    contexts: [{ name: 'real', context: { cluster: 'real', user: 'admin' } }],
  };
  // JSON is YAML; kubectl reads it as it is.
  writeFileSync(file, JSON.stringify(config, undefined, 2));
}

/** A port that was free a moment ago on 127.0.0.1. */
async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

function firstLine(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`etcd ended with code ${code} before it was ready`)));
  });
}

/** Asks /readyz until it answers 200; fails at once when the process ends. */
async function untilReady(port: number, child: ChildProcess): Promise<void> {
  const deadlineMs = Date.now() + 60_000;
  while (Date.now() < deadlineMs) {
    if (child.exitCode !== null)
      throw new Error(`kube-apiserver ended with code ${child.exitCode} before it was ready`);
    if (await isReady(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('kube-apiserver was not ready within 60 s');
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: '/readyz',
      rejectUnauthorized: false,
      headers: { authorization: `Bearer ${TOKEN}` },
    };
    request(options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .once('error', () => resolve(false))
      .end();
  });
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}
