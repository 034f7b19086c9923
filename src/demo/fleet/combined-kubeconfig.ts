import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

type Entry = Readonly<Record<string, unknown>> & { readonly name: string };

interface Kubeconfig {
  readonly 'current-context'?: string;
  readonly clusters?: readonly Entry[];
  readonly users?: readonly Entry[];
  readonly contexts?: readonly (Entry & { readonly context: { readonly cluster: string; readonly user: string } })[];
}

/** Puts several kubeconfigs into one text with a context each, named as given; the first is the current one. */
export function combineKubeconfigs(sources: ReadonlyMap<string, string>): string {
  const parts = [...sources].map(([name, source]) => renamed(name, parse(source) as Kubeconfig));
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': [...sources.keys()][0],
    clusters: parts.map(({ cluster }) => cluster),
    users: parts.map(({ user }) => user),
    contexts: parts.map(({ context }) => context),
  });
}

/** Writes the combination of kubeconfig files. @param files context name → file */
export function writeCombinedKubeconfig(target: string, files: ReadonlyMap<string, string>): void {
  const sources = new Map([...files].map(([name, file]) => [name, readFileSync(file, 'utf8')]));
  writeFileSync(target, combineKubeconfigs(sources), { mode: 0o600 });
}

/** The current context of a kubeconfig, under a new name throughout. */
function renamed(name: string, config: Kubeconfig): Record<'cluster' | 'user' | 'context', object> {
  const current = config['current-context'];
  const found = config.contexts?.find((entry) => entry.name === current) ?? config.contexts?.[0];
  const cluster = config.clusters?.find((entry) => entry.name === found?.context.cluster);
  const user = config.users?.find((entry) => entry.name === found?.context.user);
  return {
    cluster: { ...cluster, name },
    user: { ...user, name },
    context: { name, context: { ...found?.context, cluster: name, user: name } },
  };
}
