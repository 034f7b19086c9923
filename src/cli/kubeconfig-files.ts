import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { ClusterContext, ContextOf } from '../federation/hub';
import { FlotillaError, toFlotillaError } from '../kernel';
import { type ConnectionOptions, contextsIn, type KubeconfigContexts, parseKubeconfig } from '../kube';

interface KubeconfigFile {
  readonly path: string;
  readonly text: string;
  readonly contexts: KubeconfigContexts;
}

/**
 * How the hub is reached: the current context of `--kubeconfig`, else of KUBECONFIG, which may name several files as with kubectl.
 * `~/.kube/config` is never taken for it: a hub is named on purpose.
 * @throws FlotillaError FLO3084 when there is none, or its file cannot be read; FLO2020 when it is no kubeconfig
 */
export async function hubConnection(path: string | undefined): Promise<ConnectionOptions> {
  const named = path === undefined ? listed(process.env.KUBECONFIG) : [path];
  const files = await readFiles(named);
  const [first] = files;
  if (first === undefined) throw noHub(named);
  const current = files.find(({ contexts }) => contexts.current !== undefined)?.contexts.current;
  const file = files.find(({ contexts }) => current !== undefined && contexts.names.includes(current)) ?? first;
  return connectionOf(file, current);
}

/**
 * The current context of one kubeconfig, for processes that serve.
 * @throws FlotillaError FLO3071 when the file cannot be read; FLO2020 when it is no kubeconfig
 */
export async function connectionIn(path: string): Promise<ConnectionOptions> {
  const file = await readKubeconfig(path);
  if (file === undefined) throw unreadable(path, new Error('there is no such file'));
  return connectionOf(file, file.contexts.current);
}

/**
 * Which context of the person's kubeconfig leads to which cluster: those that were chosen, as `CLUSTER=CONTEXT`, else the one that has the
 * cluster's name. Looked for in `--kubeconfig`, then in KUBECONFIG, else `~/.kube/config`.
 * @throws FlotillaError FLO3114 when a choice cannot be understood, or names a context that is not there; FLO2020 as `hubConnection`
 */
export async function clusterContexts(path: string | undefined, choices: readonly string[] = []): Promise<ContextOf> {
  const own = process.env.KUBECONFIG ?? '';
  const paths = [
    ...(path === undefined ? [] : [path]),
    ...(own === '' ? [join(homedir(), '.kube', 'config')] : listed(own)),
  ];
  const files = await readFiles([...new Set(paths)]);
  const chosen = new Map(choices.map((choice) => parseChoice(choice, files)));
  return (cluster) => contextNamed(chosen.get(cluster) ?? cluster, files, chosen.has(cluster));
}

function contextNamed(
  name: string,
  files: readonly KubeconfigFile[],
  chosen: boolean,
): ClusterContext | string | undefined {
  const file = files.find(({ contexts }) => contexts.names.includes(name));
  if (file === undefined) return undefined;
  try {
    return { name, connection: contextOf(file, name), chosen };
  } catch (cause) {
    return `context ${name} of ${file.path}: ${toFlotillaError(cause).message}`;
  }
}

function parseChoice(choice: string, files: readonly KubeconfigFile[]): readonly [string, string] {
  const [, cluster, context] = /^([^=]+)=(.+)$/.exec(choice) ?? [];
  if (cluster === undefined || context === undefined) throw notAChoice(choice, 'it is not CLUSTER=CONTEXT');
  if (files.some(({ contexts }) => contexts.names.includes(context))) return [cluster, context];
  throw notAChoice(choice, `${files.map(({ path }) => path).join(', ') || 'no kubeconfig'} has no such context`);
}

function notAChoice(choice: string, why: string): FlotillaError {
  return new FlotillaError(`cannot use --cluster-context ${choice}: ${why}`, {
    code: 'FLO3114',
    retry: 'after-change',
    hint: 'write CLUSTER=CONTEXT, with a context of --kubeconfig or KUBECONFIG (kubectl config get-contexts)',
  });
}

function connectionOf(file: KubeconfigFile, context: string | undefined): ConnectionOptions {
  try {
    return contextOf(file, context);
  } catch (cause) {
    throw unreadable(file.path, cause);
  }
}

function contextOf({ path, text }: KubeconfigFile, context: string | undefined): ConnectionOptions {
  return parseKubeconfig(text, context, { baseDirectory: dirname(path) });
}

function listed(variable: string | undefined): readonly string[] {
  return (variable ?? '').split(delimiter).filter((path) => path !== '');
}

/** Files that are not there are passed over, as kubectl does. */
async function readFiles(paths: readonly string[]): Promise<readonly KubeconfigFile[]> {
  const files = await Promise.all(paths.map(readKubeconfig));
  return files.flatMap((file) => file ?? []);
}

async function readKubeconfig(path: string): Promise<KubeconfigFile | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    return { path, text, contexts: contextsIn(text) };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(path, cause);
  }
}

/** Names the file, whatever is wrong with it. */
function unreadable(path: string, cause: unknown): FlotillaError {
  const known = cause instanceof FlotillaError ? cause : undefined;
  return new FlotillaError(
    `cannot read the kubeconfig ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      code: known?.code ?? 'FLO3071',
      retry: 'after-change',
      hint: known?.hint ?? 'name a file that you may read with --kubeconfig or in KUBECONFIG',
      cause,
    },
  );
}

function noHub(paths: readonly string[]): FlotillaError {
  const why = paths.length === 0 ? 'no hub was named' : `there is no kubeconfig ${paths.join(', ')}`;
  return new FlotillaError(why, {
    code: 'FLO3084',
    retry: 'after-change',
    hint: 'give its kubeconfig with --kubeconfig or in KUBECONFIG, or compare files with --base',
  });
}
