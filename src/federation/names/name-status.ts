import type { Finding } from '../../kernel';
import {
  addressOf,
  answerNameOf,
  answerShares,
  type NameMember,
  type NameRecord,
  type NameServiceStatus,
  targetShares,
} from '../../nameservice';
import type { ReleaseDecision } from '../release';
import { clusterStatus, mergeConditions, placedCondition, rolloutCondition } from '../status';
import type { NameInput } from './name-input';
import { isMostlyDead, type MemberReports } from './name-health';
import { nameConditions } from './name-conditions';
import type { NameSnapshot } from './name-snapshot';
import { recordInBundle } from './render-name';

/** What one client zone has. */
interface ClientZone {
  readonly zone: string;
  readonly cluster: string;
  readonly record: NameRecord;
}

/** The whole status of a name; its clusters are also the record of what is released. */
export function nameStatus(
  input: NameInput,
  decision: ReleaseDecision<NameSnapshot>,
  reports: MemberReports,
): NameServiceStatus {
  const { service, findings, nowMs } = input;
  const { target, plan } = decision;
  const old = service.status;
  const generation = service.metadata.generation ?? 0;
  const zones = clientZones(input);
  const all = [...findings, ...decision.findings];
  const conditions = [
    ...nameConditions({ findings, placed: target?.snapshot.clusters ?? [], records: zones, reports }),
    placedCondition(target?.snapshot.clusters ?? []),
    rolloutCondition(plan),
  ];
  return {
    observedGeneration: generation,
    conditions: mergeConditions(old?.conditions, conditions, { generation, nowMs }),
    ...releaseFields(input, decision),
    clusters: rows(input, decision),
    answers: zones.flatMap(({ zone, record }) => answersIn(zone, record, reports)),
    targets: targetRows(zones, reports),
    ...ratioRows(zones, reports),
    ...leavingRows(zones),
    ...(all.length === 0 ? {} : { errors: distinct(all.map(describe)) }),
  };
}

function releaseFields(
  { service, accepted }: NameInput,
  { target, plan }: ReleaseDecision<NameSnapshot>,
): Pick<NameServiceStatus, 'fqdn' | 'currentRevision' | 'targetRevision'> {
  const current = plan?.phase === 'Complete' ? target?.digest : service.status?.currentRevision;
  const fqdn = accepted?.name.fqdn ?? service.status?.fqdn;
  return {
    ...(fqdn === undefined ? {} : { fqdn }),
    ...(current === undefined ? {} : { currentRevision: current }),
    ...(target === undefined ? {} : { targetRevision: target.digest }),
  };
}

/** What the zones hold now, not what they should: answers are told as they are given. */
function clientZones({ zones }: NameInput): ClientZone[] {
  return [...zones].sort(byKey).flatMap(([zone, { bundles }]) =>
    [...bundles].flatMap(([cluster, bundle]) => {
      const record = recordInBundle(bundle);
      return record === undefined ? [] : [{ zone, cluster, record }];
    }),
  );
}

function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}

function answersIn(
  zone: string,
  record: NameRecord,
  reports: MemberReports,
): NonNullable<NameServiceStatus['answers']> {
  if (record.withdrawn === true) return [];
  return [{ clientZone: zone, shares: { ...answerShares(answered(zone, record, reports), zone) } }];
}

/** A member of which a zone has said nothing yet counts as alive, there too. */
function answered(zone: string, record: NameRecord, reports: MemberReports): ReturnType<typeof answerNameOf> {
  return answerNameOf(record, (id) => reports.get(id)?.find((report) => report.zone === zone)?.serving ?? true);
}

function targetRows(zones: readonly ClientZone[], reports: MemberReports): NonNullable<NameServiceStatus['targets']> {
  const members = new Map<string, NameMember>();
  for (const { record } of zones) {
    for (const member of record.members) if (member.leavesAt === undefined) members.set(member.id, member);
  }
  return [...members].sort(byKey).map(([id, member]) => {
    const list = reports.get(id) ?? [];
    const dead = list.filter(({ healthy }) => !healthy);
    const mostlyDead = isMostlyDead(list);
    const [first] = mostlyDead || dead.length > 0 ? dead : list;
    const since = (mostlyDead ? dead : list).flatMap((report) => report.since ?? []).sort()[0];
    return {
      target: member.target,
      ...(member.zone === undefined ? {} : { zone: member.zone }),
      address: addressOf(member),
      healthy: !mostlyDead,
      ...(since === undefined ? {} : { since }),
      ...(first?.message === undefined ? {} : { reason: first.message }),
      ...(dead.length === 0 ? {} : { unhealthyFrom: dead.map(({ zone }) => zone).sort() }),
    };
  });
}

/** Under Ratio clients of every zone are told the same, unless zones see health differently: the mean is told. */
function ratioRows(zones: readonly ClientZone[], reports: MemberReports): Pick<NameServiceStatus, 'ratios'> {
  const told = zones.filter(({ record }) => record.policy === 'Ratio' && record.withdrawn !== true);
  const [first] = told;
  if (first === undefined) return {};
  const wanted = new Map(first.record.members.map(({ target, ratio }) => [target, ratio]));
  const total = [...wanted.values()].reduce((sum, ratio) => sum + ratio, 0);
  const shares = told.map(({ zone, record }) => targetShares(answered(zone, record, reports), zone));
  const ratios = [...wanted].sort(byKey).map(([target, ratio]) => ({
    target,
    wanted: rounded(total === 0 ? 0 : ratio / total),
    effective: rounded(shares.reduce((sum, share) => sum + (share[target] ?? 0), 0) / shares.length),
  }));
  return { ratios };
}

function leavingRows(zones: readonly ClientZone[]): Pick<NameServiceStatus, 'leaving'> {
  const leaving = zones.flatMap(({ cluster, record }) => [
    ...record.members.flatMap(({ id, leavesAt }) =>
      leavesAt === undefined ? [] : [{ cluster, target: id, until: leavesAt }],
    ),
    ...record.former.map(({ fqdn, leavesAt }) => ({ cluster, target: fqdn, until: leavesAt })),
  ]);
  return leaving.length === 0 ? {} : { leaving };
}

function rows(
  { zones }: NameInput,
  { plan, released }: ReleaseDecision<NameSnapshot>,
): NonNullable<NameServiceStatus['clusters']> {
  return (plan?.clusters ?? []).map((progress) => {
    const { cluster: name, zone } = progress;
    const view = zones.get(zone);
    const row = clusterStatus({
      cluster: { name, zone },
      released: released.get(name)?.revision,
      fact: undefined,
      bundle: view?.bundles.get(name),
      progress,
      unreachable: view?.held,
    });
    const { cluster, revision, phase, message } = row;
    return {
      ...{ cluster, zone },
      ...(revision === undefined ? {} : { revision }),
      ...(phase === undefined ? {} : { phase }),
      ...(message === undefined ? {} : { message }),
    };
  });
}

function describe({ code, message, path }: Finding): string {
  return `${code}: ${path === undefined ? '' : `${path}: `}${message}`;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function rounded(share: number): number {
  return Math.round(share * 1e6) / 1e6;
}
