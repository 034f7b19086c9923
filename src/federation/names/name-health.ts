import type { Bundle, BundleStatus } from '../api';
import type { ZoneView } from '../release';

/** One zone's report on one member. */
export interface MemberReport {
  readonly zone: string;
  readonly healthy: boolean;
  readonly serving: boolean;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly since?: string | undefined;
}

/** Member, by id → what each zone that reports says of it. */
export type MemberReports = ReadonlyMap<string, readonly MemberReport[]>;

const SERVING: readonly (string | undefined)[] = ['Serving', 'LastResort'];

/** What the zones say about the members of a name, from the bundles of its owner. */
export function memberReports(zones: ReadonlyMap<string, ZoneView>): MemberReports {
  const reports = new Map<string, MemberReport[]>();
  for (const [zone, { bundles }] of zones) {
    for (const bundle of bundles.values()) {
      for (const { id, report } of reportsIn(zone, bundle)) reports.set(id, [...(reports.get(id) ?? []), report]);
    }
  }
  return reports;
}

function reportsIn(
  zone: string,
  { status }: Bundle,
): readonly { readonly id: string; readonly report: MemberReport }[] {
  return (status?.members ?? []).flatMap((member: NonNullable<BundleStatus['members']>[number]) => {
    const { id, healthy, reason, message, since } = member;
    if (id === undefined) return [];
    return [{ id, report: { zone, healthy, serving: SERVING.includes(reason), reason, message, since } }];
  });
}

/** Members that most of the zones that report find dead. */
export function unhealthyMembers(reports: MemberReports): ReadonlySet<string> {
  return new Set([...reports].filter(([, list]) => isMostlyDead(list)).map(([id]) => id));
}

/** Whether more than half of the zones that report find a member dead. */
export function isMostlyDead(reports: readonly MemberReport[]): boolean {
  return reports.filter(({ healthy }) => !healthy).length * 2 > reports.length;
}
