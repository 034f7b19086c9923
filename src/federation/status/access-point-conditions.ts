import type { AccessPointSpec, PlacedCluster } from '../../accesspoint';
import type { Finding } from '../../kernel';
import type { Bundle } from '../api';
import type { ClusterFacts } from '../facts';
import type { RolloutPlan } from '../rollout';
import { lintedCondition } from './linted-condition';
import { acceptedCondition, placedCondition, rolloutCondition } from './release-conditions';
import type { ConditionParts } from './set-condition';

/** All that the conditions of an access point are judged by. */
export interface AccessPointState {
  /** The intent that clusters are being brought to; undefined when none was ever accepted. */
  readonly intent: AccessPointSpec | undefined;
  readonly placed: readonly PlacedCluster[];
  /** Errors that keep the spec as written from being accepted. */
  readonly errors: readonly Finding[];
  /** What is valid in the spec as written and may bite all the same. */
  readonly warnings: readonly Finding[];
  /** What rendering found. */
  readonly renderFindings: readonly Finding[];
  readonly facts: ClusterFacts;
  /** Zone → addresses of its own from a pool. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  /** Bundles as last seen in the zones, by cluster. */
  readonly bundles: ReadonlyMap<string, Bundle | undefined>;
  readonly plan: RolloutPlan | undefined;
}

/** The conditions of an access point, each with its true reason. */
export function accessPointConditions(state: AccessPointState): ConditionParts[] {
  return [
    acceptedCondition(state.errors),
    lintedCondition(state.warnings),
    placedCondition(state.placed),
    addressAssigned(state),
    certificateInstalled(state),
    routeConfigured(state),
    available(state),
    rolloutCondition(state.plan),
  ];
}

/** App tiers need an address for other zones to reach them; gateways one from the pool, where one is named. */
function addressAssigned(state: AccessPointState): ConditionParts {
  const type = 'AddressAssigned';
  const { placed: clusters, facts, intent, addresses } = state;
  const pool = intent?.gateway.address.pool;
  const gateways = clusters.filter(({ role }) => role === 'Gateway');
  const waiting = gateways.filter(({ zone }) => (addresses[zone] ?? []).length === 0).map(({ zone }) => zone);
  if (pool !== undefined && waiting.length > 0) {
    const message = `AddressPool ${pool} has given no address for ${waiting.join(', ')}; its condition Ready says why`;
    return { type, status: 'False', reason: 'PoolPending', message };
  }
  const tiers = clusters.filter((cluster) => cluster.holdsBackend);
  const missing = tiers.filter((cluster) => facts[cluster.name]?.vip === undefined).map((cluster) => cluster.name);
  if (tiers.length === 0) return unknown(type, 'NotPlaced', 'no cluster holds the backend');
  if (missing.length === 0) {
    return {
      type,
      status: 'True',
      reason: 'AddressAssigned',
      message: `all ${tiers.length} app tiers have an address`,
    };
  }
  return { type, status: 'False', reason: 'AddressPending', message: `no app-tier address yet: ${missing.join(', ')}` };
}

function certificateInstalled({ intent, placed: clusters, facts }: AccessPointState): ConditionParts {
  const type = 'CertificateInstalled';
  if (intent === undefined) return unknown(type, 'NotAccepted', 'nothing was accepted yet');
  const terminates = intent.ports.some((port) => port.tls !== undefined && port.tls.mode !== 'PASSTHROUGH');
  if (!terminates) return { type, status: 'True', reason: 'NotNeeded', message: 'no port ends TLS at the gateway' };
  const gateways = clusters.filter((cluster) => cluster.role === 'Gateway');
  const missing = gateways
    .filter((cluster) => facts[cluster.name]?.certificate?.installed !== true)
    .map(({ name }) => name);
  if (missing.length > 0) {
    return { type, status: 'False', reason: 'CertificatePending', message: `not installed yet: ${missing.join(', ')}` };
  }
  return { type, status: 'True', reason: 'CertificateInstalled', message: `installed in all ${gateways.length} zones` };
}

function routeConfigured(state: AccessPointState): ConditionParts {
  const type = 'RouteConfigured';
  const misplaced = state.renderFindings.find((finding) => finding.code === 'FLO3052');
  if (misplaced) return { type, status: 'False', reason: 'GatewayWithoutLocality', message: misplaced.message };
  const reports = state.placed
    .filter((cluster) => cluster.role === 'Gateway')
    .map(({ name }) => ({ name, report: state.bundles.get(name)?.status?.routeConfigured }));
  if (reports.length === 0) return unknown(type, 'NotPlaced', 'no gateway cluster');
  const silent = reports.filter(({ report }) => report === undefined).map(({ name }) => name);
  if (silent.length > 0) return unknown(type, 'NotReported', `no report from ${silent.join(', ')}`);
  const behind = reports.filter(({ report }) => report !== undefined && report.acked < report.total);
  const counts = reports.map(({ report }) => report ?? { acked: 0, total: 0 });
  const total = counts.reduce((sum, { total: proxies }) => sum + proxies, 0);
  if (behind.length > 0) {
    const list = behind.map(({ name, report }) => `${name} ${report?.acked}/${report?.total}${difference(report)}`);
    return { type, status: 'False', reason: 'NotAcknowledged', message: `waits for proxies: ${list.join(', ')}` };
  }
  if (total === 0) return unknown(type, 'NoProxies', 'no gateway is connected in any zone, so nobody has the routes');
  return { type, status: 'True', reason: 'RouteConfigured', message: `all ${total} proxies acknowledged the routes` };
}

function difference(report: { firstDifference?: string | undefined } | undefined): string {
  return report?.firstDifference === undefined ? '' : ` (${report.firstDifference})`;
}

function available({ placed: clusters, bundles }: AccessPointState): ConditionParts {
  const type = 'Available';
  const reports = clusters.filter((cluster) => cluster.role === 'Gateway').map(({ name }) => bundles.get(name)?.status);
  const counted = reports.flatMap((status) => status?.readyEndpoints ?? []);
  const remote = reports.flatMap((status) => status?.members ?? []).filter((member) => member.healthy).length;
  if (counted.length === 0 && remote === 0) return unknown(type, 'NotReported', 'no zone reported endpoints yet');
  const ready = counted.reduce((sum, count) => sum + count, 0);
  if (ready + remote === 0) {
    return { type, status: 'False', reason: 'NoReadyEndpoints', message: 'no zone has a ready endpoint' };
  }
  const empty = counted.filter((count) => count === 0).length;
  const note = empty === 0 ? '' : `; ${empty} zones have none of their own`;
  return {
    type,
    status: 'True',
    reason: 'Available',
    message: `${ready} ready endpoints in ${counted.length} zones${note}`,
  };
}

function unknown(type: string, reason: string, message: string): ConditionParts {
  return { type, status: 'Unknown', reason, message };
}
