import type { AccessPoint } from '../../accesspoint';
import type { MemberCluster } from '../../federation/api';
import { namespacedName } from '../../kube/schema';
import type { LoadKind } from '../client/load-client';
import type { LoadResult } from '../client/run-load';
import type { ProcessState } from '../process/process-spec';
import { percent } from '../report/check-split';
import { textTable } from '../report/text-table';

/** Everything that the live table shows, as known now. */
export interface FleetView {
  readonly accessPoints: readonly AccessPoint[];
  readonly members: readonly MemberCluster[];
  /** Answers of the last 30 s by client zone and kind of load. */
  readonly traffic: Readonly<Record<string, Partial<Record<LoadKind, LoadResult>>>>;
  readonly processes: readonly { readonly id: string; readonly state: ProcessState }[];
  /** Why the hub's word is old, when it is. */
  readonly staleSince?: string;
}

/** The tables for a terminal: clusters, access points per cluster, traffic, and the parts that do not run. */
export function renderView(view: FleetView): string {
  const stale = view.staleSince === undefined ? '' : `   (the hub is silent since ${view.staleSince})`;
  return [
    `Members${stale}`,
    memberTable(view.members),
    '',
    `Access points${stale}`,
    accessPointTable(view.accessPoints),
    '',
    'Answers of the last 30 s',
    trafficTable(view.traffic),
    '',
    processLine(view.processes),
  ].join('\n');
}

/** The same as single facts by name, for a log: only what changed needs to be printed. */
export function factsOf({ accessPoints, members, processes }: FleetView): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  for (const { id, state } of processes) facts.set(`process ${id}`, describeState(state));
  for (const { metadata, status } of members) {
    for (const { type, status: value, message } of status?.conditions ?? []) {
      facts.set(`cluster ${metadata.name} ${type}`, `${value}: ${message}`);
    }
  }
  for (const accessPoint of accessPoints) {
    for (const { type, status: value, message } of accessPoint.status?.conditions ?? []) {
      facts.set(`access point ${namespacedName(accessPoint)} ${type}`, `${value}: ${message}`);
    }
  }
  return facts;
}

function memberTable(members: readonly MemberCluster[]): string {
  const condition = ({ status }: MemberCluster, type: string): string =>
    status?.conditions?.find((candidate) => candidate.type === type)?.status ?? '-';
  const rows = [...members]
    .sort((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1))
    .map((member) => [
      member.metadata.name,
      `${member.spec?.region}/${member.spec?.zone}`,
      member.spec?.role ?? '-',
      condition(member, 'Reachable'),
      condition(member, 'Synced'),
      condition(member, 'IdentityTrusted'),
    ]);
  return textTable(['CLUSTER', 'ZONE', 'ROLE', 'REACHABLE', 'SYNCED', 'TRUSTED'], rows);
}

function accessPointTable(accessPoints: readonly AccessPoint[]): string {
  const rows = accessPoints.flatMap((accessPoint) =>
    (accessPoint.status?.clusters ?? []).map((row) => [
      row.cluster,
      namespacedName(accessPoint),
      row.phase ?? '-',
      row.revision?.slice(0, 8) ?? '-',
      row.vip ?? '-',
      row.routeConfigured === undefined ? '-' : `${row.routeConfigured.acked}/${row.routeConfigured.total}`,
      row.certificate === undefined ? '-' : row.certificate.installed ? 'installed' : 'missing',
    ]),
  );
  return textTable(['CLUSTER', 'ACCESS POINT', 'PHASE', 'REVISION', 'VIP', 'ROUTES', 'CERTIFICATE'], rows);
}

function trafficTable(traffic: FleetView['traffic']): string {
  const results = Object.entries(traffic).flatMap(([zone, kinds]) =>
    Object.entries(kinds).map(([kind, result]) => ({ zone, kind, result })),
  );
  const zones = [...new Set(results.flatMap(({ result }) => Object.keys(result.answers)))].sort();
  const header = ['FROM', 'BY', 'REQUESTS', 'ERRORS', ...zones.map((zone) => `TO ${zone}`)];
  const rows = results.map(({ zone, kind, result }) => {
    const answered = result.requests - result.errors;
    const share = (to: string): string => (answered === 0 ? '-' : percent((result.answers[to] ?? 0) / answered));
    return [zone, kind, String(result.requests), String(result.errors), ...zones.map(share)];
  });
  return textTable(header, rows);
}

function processLine(processes: FleetView['processes']): string {
  const notReady = processes.filter(({ state }) => state.kind !== 'ready');
  if (notReady.length === 0) return `All ${processes.length} processes run.`;
  return `Not running: ${notReady.map(({ id, state }) => `${id} (${describeState(state)})`).join(', ')}`;
}

function describeState(state: ProcessState): string {
  switch (state.kind) {
    case 'new':
      return 'not started';
    case 'starting':
      return `starts, process ${state.pid}`;
    case 'ready':
      return `runs, process ${state.pid}`;
    case 'ended':
      return `ended, ${state.how}`;
  }
}
