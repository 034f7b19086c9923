import { weighMembers } from './choose-members';
import type { AnswerMember, AnswerName } from './name-table';

/** What one client zone is told: address or name → share of the answers, summing to 1 when there is any. */
export function answerShares(name: AnswerName, clientZone: string | undefined): Readonly<Record<string, number>> {
  const shares: Record<string, number> = {};
  for (const { member, share } of sharesOf(name, clientZone)) {
    const key = member.alias ?? member.addresses.join(',');
    shares[key] = round((shares[key] ?? 0) + share);
  }
  return shares;
}

/** Target → share of the answers to one client zone. */
export function targetShares(name: AnswerName, clientZone: string | undefined): Readonly<Record<string, number>> {
  const shares: Record<string, number> = {};
  for (const { member, share } of sharesOf(name, clientZone)) {
    shares[member.target] = round((shares[member.target] ?? 0) + share);
  }
  return shares;
}

/** One member's part in what a client zone is told. */
export interface MemberShare {
  readonly target: string;
  /** Its zone, or the name elsewhere. */
  readonly place: string;
  readonly share: number;
}

/** The members that one client zone is told, each with its share of the answers. */
export function memberShares(name: AnswerName, clientZone: string | undefined): readonly MemberShare[] {
  return sharesOf(name, clientZone).map(({ member, share }) => ({
    ...{ target: member.target, share },
    place: member.zone ?? member.alias ?? '',
  }));
}

function sharesOf(
  name: AnswerName,
  clientZone: string | undefined,
): readonly { readonly member: AnswerMember; readonly share: number }[] {
  const weighted = weighMembers(name, clientZone);
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  return weighted.map(({ member, weight }) => ({ member, share: weight / total }));
}

/** Status is read by people and compared by machines: six digits are plenty. */
function round(share: number): number {
  return Math.round(share * 1e6) / 1e6;
}
