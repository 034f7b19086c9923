import type { AccessPoint } from '../../accesspoint';
import type { Finding } from '../../kernel';
import type { AcceptedIntent } from '../acceptance';
import type { MemberCluster, Revision, Rollout, RolloutApproval, RolloutStrategy } from '../api';
import type { ZoneView } from './zone-view';

/** Everything that is known when one access point is reconciled. */
export interface AccessPointInput {
  readonly accessPoint: AccessPoint;
  /** Errors of validation, placement and conflicts; with any of them the written spec changes nothing. */
  readonly errors: readonly Finding[];
  /** The written intent, when it is accepted. */
  readonly accepted: AcceptedIntent | undefined;
  readonly clusters: readonly MemberCluster[];
  /** Revisions and rollouts of this access point. */
  readonly revisions: readonly Revision[];
  readonly rollouts: readonly Rollout[];
  /** How a new rollout goes; one that exists has its own. */
  readonly strategy: RolloutStrategy;
  readonly approvals: readonly RolloutApproval[];
  readonly zones: ReadonlyMap<string, ZoneView>;
  /** Zone → addresses of its own from a pool. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  readonly epoch: number;
  readonly nowMs: number;
}
