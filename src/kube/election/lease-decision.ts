import type { KubeObject } from '../schema';

/** coordination.k8s.io/v1 LeaseSpec. Times are RFC 3339 with microseconds. */
export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

export type Lease = KubeObject<LeaseSpec>;

/** The lease as last read, and when its present content was first seen by our own clock (no trust in other clocks). */
export interface ObservedLease {
  readonly lease: Lease | undefined;
  readonly seenAtMs: number;
}

/** What a candidate should do about the lease. */
export type LeaseDecision =
  | { readonly kind: 'create'; readonly epoch: number }
  | { readonly kind: 'acquire'; readonly epoch: number }
  | { readonly kind: 'renew'; readonly epoch: number }
  | { readonly kind: 'wait'; readonly holder: string };

/** What the decision depends on beside the lease. */
export interface Candidacy {
  readonly identity: string;
  /** Epoch that this process holds now; undefined when it does not lead. */
  readonly heldEpoch: number | undefined;
  /** Lowest epoch to take: keeps epochs growing when a lease was deleted and made anew. */
  readonly minimumEpoch: number;
  readonly nowMs: number;
}

/**
 * Decides one round of the election. The fencing epoch is `leaseTransitions`: every taking over, also by the same
 * name after a restart, raises it, so a writer with a lower epoch is known to be of the past.
 */
export function decideLease({ lease, seenAtMs }: ObservedLease, candidacy: Candidacy): LeaseDecision {
  const { identity, heldEpoch, minimumEpoch, nowMs } = candidacy;
  if (lease === undefined) return { kind: 'create', epoch: Math.max(minimumEpoch, (heldEpoch ?? 0) + 1) };
  const { holderIdentity = '', leaseDurationSeconds = 0, leaseTransitions = 0 } = lease.spec ?? {};
  if (holderIdentity === identity && heldEpoch === leaseTransitions) return { kind: 'renew', epoch: heldEpoch };
  const isFree = holderIdentity === '' || holderIdentity === identity;
  const isExpired = nowMs - seenAtMs >= leaseDurationSeconds * 1000;
  if (!isFree && !isExpired) return { kind: 'wait', holder: holderIdentity };
  return { kind: 'acquire', epoch: Math.max(leaseTransitions + 1, minimumEpoch) };
}
