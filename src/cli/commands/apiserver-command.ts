import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FlotillaError } from '../../kernel';
import { startApiServer } from '../../kube/server';
import type { KubeObject } from '../../kube/schema';
import { createProcessLogger } from '../process-logger';
import { announceReady, untilStopped } from '../until-stopped';

/** Options of `flotilla apiserver`. */
export interface ApiserverOptions {
  readonly data?: string;
  readonly port?: string;
  readonly host?: string;
  readonly writeKubeconfig?: string;
  readonly crds?: string;
}

/** Runs the embedded API server until it is told to stop. Prints `{"ready":true,"url":…}` when it serves. */
export async function run({
  data,
  port = '0',
  host = '127.0.0.1',
  writeKubeconfig,
  crds = 'none',
}: ApiserverOptions): Promise<void> {
  if (data === undefined) throw badOption('--data is missing', 'name the folder that keeps the state');
  const server = await startApiServer({
    dataDir: data,
    host,
    port: parsePort(port),
    logger: createProcessLogger({ process: 'apiserver' }),
    customResourceDefinitions: await definitionsOf(crds),
  });
  if (writeKubeconfig !== undefined) await writeKubeconfigFile(writeKubeconfig, server.kubeconfig());
  announceReady({ url: server.url, ...(writeKubeconfig === undefined ? {} : { kubeconfig: writeKubeconfig }) });
  await untilStopped();
  await server.close();
}

/** Appears whole, readable for its owner only. */
async function writeKubeconfigFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}

/** The definitions of a `--crds` set; their code is loaded only when they are wanted. */
async function definitionsOf(set: string): Promise<readonly KubeObject[]> {
  if (set === 'none') return [];
  if (!['flotilla', 'istio', 'all'].includes(set))
    throw badOption(`--crds ${set} is not known`, 'use flotilla, istio, all or none');
  const { customResourceDefinitionsOf } = await import('../custom-resource-definitions.js');
  return customResourceDefinitionsOf(set as 'flotilla' | 'istio' | 'all');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw badOption(`--port ${text} is no port number`, 'use a number from 0 to 65535');
}

function badOption(message: string, hint: string): FlotillaError {
  return new FlotillaError(`flotilla apiserver: ${message}`, { code: 'FLO2290', retry: 'after-change', hint });
}
