import { isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { FlotillaError } from '../../kernel';
import type { ConnectionOptions } from './connection-options';
import { withoutUndefined } from './without-undefined';

/** Where a kubeconfig comes from. */
export interface KubeconfigOrigin {
  /** Folder that relative file names in it start from. */
  readonly baseDirectory?: string;
  /**
   * Set for text that came over the network (a Secret): then commands (`exec`) and file names are refused, since
   * whoever may write the Secret could otherwise run programs and read files here. Istio has the same rule for remote
   * secrets.
   */
  readonly untrusted?: boolean;
}

const text = z.string().min(1).optional();
const clusterEntry = z.looseObject({
  server: z.string().min(1),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': text,
  'proxy-url': text,
});
const execEntry = z.looseObject({
  apiVersion: z.enum(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: z.string().nullish(),
  provideClusterInfo: z.boolean().nullish(),
  interactiveMode: z.enum(['Never', 'IfAvailable', 'Always']).nullish(),
});
const userEntry = z.looseObject({
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  exec: execEntry.nullish(),
  'auth-provider': z.looseObject({ name: z.string() }).nullish(),
  as: text,
  'as-groups': z.array(z.string()).optional(),
  'as-uid': text,
});
const contextEntry = z.looseObject({ cluster: z.string(), user: z.string().optional(), namespace: text });
const kubeconfig = z.looseObject({
  'current-context': z.string().nullish(),
  contexts: z.array(z.object({ name: z.string(), context: contextEntry })).nullish(),
  clusters: z.array(z.object({ name: z.string(), cluster: clusterEntry })).nullish(),
  users: z.array(z.object({ name: z.string(), user: userEntry.nullish() })).nullish(),
});

type Kubeconfig = z.output<typeof kubeconfig>;
type ClusterEntry = z.output<typeof clusterEntry>;
type UserEntry = z.output<typeof userEntry>;

/**
 * Reads one context of a kubeconfig, the current one unless named.
 * @throws FlotillaError FLO2020 when it is no kubeconfig, lacks the context, its cluster or user, or uses what is
 * refused.
 */
export function parseKubeconfig(
  source: string,
  contextName?: string,
  origin: KubeconfigOrigin = {},
): ConnectionOptions {
  const config = parseDocument(source);
  const { cluster: clusterName, user: userName = '', namespace } = contextOf(config, contextName);
  const cluster = config.clusters?.find(({ name }) => name === clusterName)?.cluster;
  if (cluster === undefined) throw invalid(`it names cluster "${clusterName}", which is absent`);
  const user = config.users?.find(({ name }) => name === userName);
  if (user === undefined && userName !== '') throw invalid(`it names user "${userName}", which is absent`);
  return {
    cluster: clusterName,
    ...clusterOptions(cluster, origin),
    ...userOptions(user?.user ?? {}, origin),
    ...(namespace !== undefined ? { namespace } : {}),
  };
}

/** The contexts that a kubeconfig has. */
export interface KubeconfigContexts {
  readonly names: readonly string[];
  /** `current-context`; undefined when it names none. */
  readonly current: string | undefined;
}

/** Which contexts a kubeconfig has, without reading what they refer to. @throws FlotillaError FLO2020 when it is no kubeconfig */
export function contextsIn(source: string): KubeconfigContexts {
  const { contexts, 'current-context': current } = parseDocument(source);
  return {
    names: (contexts ?? []).map(({ name }) => name),
    current: current === '' ? undefined : (current ?? undefined),
  };
}

/** The named context, else the current one, else the only one. */
function contextOf(config: Kubeconfig, contextName: string | undefined): z.output<typeof contextEntry> {
  const contexts = config.contexts ?? [];
  const wanted = contextName ?? config['current-context'] ?? '';
  const only = wanted === '' && contexts.length === 1 ? contexts[0] : undefined;
  const found = contexts.find(({ name }) => name === wanted) ?? only;
  if (found !== undefined) return found.context;
  if (contexts.length === 0) throw invalid('it has no contexts');
  const why = wanted === '' ? 'it has no current-context' : `it has no context "${wanted}"`;
  throw invalid(why, `name one of: ${contexts.map(({ name }) => name).join(', ')}`);
}

function parseDocument(source: string): Kubeconfig {
  let document: unknown;
  try {
    document = parse(source);
  } catch (cause) {
    throw invalid(`it is not YAML: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const result = kubeconfig.safeParse(document);
  if (!result.success) throw invalid(z.prettifyError(result.error));
  return result.data;
}

function clusterOptions(entry: ClusterEntry, origin: KubeconfigOrigin): Omit<ConnectionOptions, 'cluster'> {
  const url = URL.canParse(entry.server) ? new URL(entry.server) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw invalid(`server "${entry.server}" is not an http or https URL`);
  }
  return withoutUndefined({
    server: entry.server.replace(/\/+$/, ''),
    caPem: decoded(entry['certificate-authority-data'], 'certificate-authority-data'),
    caFile: file(entry['certificate-authority'], origin),
    insecureSkipTlsVerify: entry['insecure-skip-tls-verify'] === true ? true : undefined,
    tlsServerName: entry['tls-server-name'],
    proxyUrl: entry['proxy-url'],
  });
}

function userOptions(entry: UserEntry, origin: KubeconfigOrigin): Partial<ConnectionOptions> {
  if (entry['auth-provider']) {
    throw invalid(
      `the auth-provider "${entry['auth-provider'].name}" was removed from Kubernetes clients in 1.26`,
      'use the matching exec credential plug-in or a token',
    );
  }
  const impersonate = entry.as === undefined ? undefined : impersonation(entry, entry.as);
  return withoutUndefined({
    token: entry.token,
    tokenFile: file(entry.tokenFile, origin),
    username: entry.username,
    password: entry.password,
    clientCertificatePem: decoded(entry['client-certificate-data'], 'client-certificate-data'),
    clientCertificateFile: file(entry['client-certificate'], origin),
    clientKeyPem: decoded(entry['client-key-data'], 'client-key-data'),
    clientKeyFile: file(entry['client-key'], origin),
    exec: execOptions(entry, origin),
    impersonate,
  });
}

function impersonation(entry: UserEntry, user: string): NonNullable<ConnectionOptions['impersonate']> {
  return withoutUndefined({ user, groups: entry['as-groups'], uid: entry['as-uid'] });
}

function execOptions({ exec }: UserEntry, origin: KubeconfigOrigin): ConnectionOptions['exec'] {
  if (!exec) return undefined;
  if (origin.untrusted) throw refused(`the command "${exec.command}"`);
  return withoutUndefined({
    apiVersion: exec.apiVersion,
    command: /[/\\]/.test(exec.command) ? resolved(exec.command, origin) : exec.command,
    args: exec.args ?? undefined,
    env: exec.env ?? undefined,
    installHint: exec.installHint ?? undefined,
    provideClusterInfo: exec.provideClusterInfo ?? undefined,
    interactiveMode: exec.interactiveMode ?? undefined,
  });
}

function file(name: string | undefined, origin: KubeconfigOrigin): string | undefined {
  if (name === undefined) return undefined;
  if (origin.untrusted) throw refused(`the file "${name}"`);
  return resolved(name, origin);
}

function resolved(name: string, { baseDirectory }: KubeconfigOrigin): string {
  return isAbsolute(name) || baseDirectory === undefined ? name : join(baseDirectory, name);
}

function decoded(data: string | undefined, field: string): string | undefined {
  if (data === undefined) return undefined;
  const pem = Buffer.from(data, 'base64').toString('utf8');
  if (!pem.includes('-----BEGIN ')) throw invalid(`${field} is not base64 of PEM`);
  return pem;
}

function refused(what: string): FlotillaError {
  return invalid(
    `it refers to ${what}, and a kubeconfig that came over the network may not`,
    'put tokens and certificates inline, for example with `istioctl create-remote-secret`',
  );
}

function invalid(why: string, hint = 'check it with `kubectl config view --raw`'): FlotillaError {
  return new FlotillaError(`reading the kubeconfig failed: ${why}`, { code: 'FLO2020', retry: 'after-change', hint });
}
