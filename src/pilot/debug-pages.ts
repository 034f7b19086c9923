import type { DebugAnswer, DebugPage } from './debug-server';
import type { ClusterObject } from './model';
import type { RemoteClusterState, SourceState } from './sources';
import type { ProxyDump, ProxyStatus } from './xds';

/** What the pages show. */
export interface DebugSubject {
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  isReady(): boolean;
  proxies(): readonly ProxyStatus[];
  /** Everything that one proxy should have, keys left out. */
  dump(name: string): ProxyDump | undefined;
  objects(): readonly ClusterObject[];
  sources(): readonly SourceState[];
  clusters(): readonly RemoteClusterState[];
}

/** Pages of the debug port, with istiod's paths where they show the same. */
export function debugPages(subject: DebugSubject): ReadonlyMap<string, DebugPage> {
  return new Map<string, DebugPage>([
    ['/metrics', { isPublic: true, answer: () => metricsPage(subject) }],
    ['/ready', { isPublic: true, answer: () => readyPage(subject) }],
    ['/debug/syncz', { isPublic: false, answer: () => ({ body: { proxies: subject.proxies().map(syncRow) } }) }],
    ['/debug/adsz', { isPublic: false, answer: () => ({ body: { proxies: subject.proxies() } }) }],
    ['/debug/configz', { isPublic: false, answer: () => ({ body: { objects: subject.objects().filter(isShown) } }) }],
    ['/debug/clusterz', { isPublic: false, answer: () => clustersPage(subject) }],
    ['/debug/config_dump', { isPublic: false, answer: (query) => dumpPage(subject, query.get('proxyID')) }],
  ]);
}

async function metricsPage(subject: DebugSubject): Promise<DebugAnswer> {
  const { contentType, text } = await subject.metrics();
  return { contentType, body: text };
}

function readyPage(subject: DebugSubject): DebugAnswer {
  const waiting = subject.sources().filter(({ state }) => state === 'Syncing' || state === 'Stalled');
  return subject.isReady() ? { body: { ready: true } } : { status: 503, body: { ready: false, waiting } };
}

function clustersPage(subject: DebugSubject): DebugAnswer {
  return { body: { clusters: subject.clusters(), sources: subject.sources() } };
}

function dumpPage(subject: DebugSubject, name: string | null): DebugAnswer {
  const dump = subject.dump(name ?? '');
  if (dump) return { body: dump };
  const known = subject.proxies().map(({ name: proxy, namespace }) => `${proxy}.${namespace}`);
  return { status: 404, body: { message: `no proxy "${name ?? ''}"; say ?proxyID=NAME.NAMESPACE`, known } };
}

/** The table of `istioctl proxy-status`. */
function syncRow({ name, namespace, clusterId, type, types }: ProxyStatus): Record<string, string> {
  const row: Record<string, string> = { proxy: `${name}.${namespace}`, cluster: clusterId, type };
  for (const [discoveryType, { state }] of Object.entries(types)) row[discoveryType] = state;
  return row;
}

function isShown({ object }: ClusterObject): boolean {
  return object.kind !== 'Secret';
}
