import type { MemberCluster } from '../api';

/** The part of a MemberCluster that placing and releasing look at. What zones report of it changes neither. */
export function placementPart(member: MemberCluster | undefined): unknown {
  return [member?.spec, member?.metadata.labels, member?.metadata.deletionTimestamp];
}
