import { execFile } from 'node:child_process';
import { z } from 'zod';
import { FlotillaError } from '../../kernel';

/** A kubeconfig `exec` block (client.authentication.k8s.io): a program that prints credentials. */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly installHint?: string;
  /** Tells the plug-in which cluster it is for (KUBERNETES_EXEC_INFO.spec.cluster). */
  readonly provideClusterInfo?: boolean;
  readonly interactiveMode?: 'Never' | 'IfAvailable' | 'Always';
}

/** What a plug-in returned; `expiresAtMs` undefined means valid until the server refuses it. */
export interface ExecCredential {
  readonly token?: string;
  readonly clientCertificatePem?: string;
  readonly clientKeyPem?: string;
  readonly expiresAtMs?: number;
}

/** The cluster as a plug-in with `provideClusterInfo` sees it. */
export interface ExecClusterInfo {
  readonly server: string;
  readonly caPem?: string;
  readonly insecureSkipTlsVerify?: boolean;
  readonly tlsServerName?: string;
}

const TIMEOUT_MS = 60_000;
const OUTPUT_LIMIT_BYTES = 1024 * 1024;

const answer = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('ExecCredential'),
  status: z.looseObject({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.string().optional(),
  }),
});

/**
 * Runs a credential plug-in without a terminal and reads its ExecCredential.
 * @throws FlotillaError FLO2021 when it cannot be started, fails, or prints something else.
 */
export async function runExecPlugin(plugin: ExecPlugin, cluster: ExecClusterInfo): Promise<ExecCredential> {
  if (plugin.interactiveMode === 'Always') throw failure(plugin, 'it needs a terminal (interactiveMode: Always)');
  const output = await runCommand(plugin, execInfo(plugin, cluster));
  return parseExecCredential(output, plugin);
}

/**
 * Reads what a plug-in printed. @throws FlotillaError FLO2021 when it is no ExecCredential with a token or a
 * certificate.
 */
export function parseExecCredential(output: string, plugin: ExecPlugin): ExecCredential {
  const parsed = answer.safeParse(parseJson(output, plugin));
  if (!parsed.success) throw failure(plugin, `it printed no ExecCredential: ${z.prettifyError(parsed.error)}`);
  const { apiVersion, status } = parsed.data;
  if (apiVersion !== plugin.apiVersion) {
    throw failure(plugin, `it answered in ${apiVersion}, the kubeconfig asks for ${plugin.apiVersion}`);
  }
  if (status.token === undefined && status.clientCertificateData === undefined) {
    throw failure(plugin, 'it returned neither a token nor a client certificate');
  }
  const expiresAtMs = status.expirationTimestamp === undefined ? undefined : Date.parse(status.expirationTimestamp);
  return {
    ...(status.token !== undefined ? { token: status.token } : {}),
    ...(status.clientCertificateData !== undefined ? { clientCertificatePem: status.clientCertificateData } : {}),
    ...(status.clientKeyData !== undefined ? { clientKeyPem: status.clientKeyData } : {}),
    ...(expiresAtMs !== undefined && !Number.isNaN(expiresAtMs) ? { expiresAtMs } : {}),
  };
}

function execInfo(plugin: ExecPlugin, cluster: ExecClusterInfo): string {
  const info = {
    server: cluster.server,
    ...(cluster.tlsServerName !== undefined ? { 'tls-server-name': cluster.tlsServerName } : {}),
    ...(cluster.insecureSkipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(cluster.caPem !== undefined
      ? { 'certificate-authority-data': Buffer.from(cluster.caPem).toString('base64') }
      : {}),
  };
  return JSON.stringify({
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(plugin.provideClusterInfo ? { cluster: info } : {}) },
  });
}

function runCommand(plugin: ExecPlugin, info: string): Promise<string> {
  const own = Object.fromEntries((plugin.env ?? []).map(({ name, value }) => [name, value]));
  const options = {
    env: { ...process.env, ...own, KUBERNETES_EXEC_INFO: info },
    timeout: TIMEOUT_MS,
    maxBuffer: OUTPUT_LIMIT_BYTES,
  };
  return new Promise((resolve, reject) => {
    const child = execFile(plugin.command, [...(plugin.args ?? [])], options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      reject(failure(plugin, [error.message.trim(), stderr.trim()].filter((part) => part !== '').join(': '), error));
    });
    child.stdin?.end();
  });
}

function parseJson(output: string, plugin: ExecPlugin): unknown {
  try {
    return JSON.parse(output);
  } catch (cause) {
    throw failure(plugin, 'its output is not JSON', cause);
  }
}

function failure(plugin: ExecPlugin, why: string, cause?: unknown): FlotillaError {
  return new FlotillaError(`getting credentials from the plug-in "${plugin.command}" failed: ${why}`, {
    code: 'FLO2021',
    hint: plugin.installHint ?? 'run the command by hand and check that it prints an ExecCredential',
    cause,
  });
}
