import type { Bundle, BundleStatus } from '../../federation/api';
import { formatTime } from '../../kernel';
import type { CertificateStatus } from '../facts/installed-certificate';
import type { MemberStatus } from '../facts/bundle-members';
import type { RouteConfigured } from '../facts/route-configured';
import type { DriftEntry } from '../apply/drift-memory';
import type { ApplyOutcome } from './apply-outcome';
import { type ConditionNow, mergeConditions } from './conditions';

/** What the agent saw of a bundle in one look. A fact that is undefined was not seen, and keeps its last value. */
export interface BundleFacts {
  readonly vip?: string | undefined;
  readonly vipMessage?: string | undefined;
  readonly gatewayAddress?: string | undefined;
  readonly readyEndpoints?: number | undefined;
  readonly certificate?: CertificateStatus | undefined;
  readonly routeConfigured?: RouteConfigured | undefined;
  readonly members?: readonly MemberStatus[] | undefined;
}

/** What a bundle's status is made from. */
export interface BundleReportInput {
  readonly bundle: Bundle;
  readonly outcome: ApplyOutcome;
  readonly facts: BundleFacts;
  readonly drift: readonly DriftEntry[];
  readonly nowMs: number;
}

/**
 * The status of a bundle. When nothing was applied now, what was applied before stays named; facts that could not be seen
 * keep their last value, for missing news never deletes.
 */
export function bundleReport({ bundle, outcome, facts, drift, nowMs }: BundleReportInput): BundleStatus {
  const observedGeneration = bundle.metadata.generation;
  const { conditions } = bundle.status ?? {};
  return withoutUndefined({
    observedGeneration,
    phase: phaseOf(outcome),
    ...appliedOf(bundle, outcome),
    conditions: mergeConditions(conditions, conditionsOf(outcome, drift), { nowMs, observedGeneration }),
    message: outcome.kind === 'applied' ? facts.vipMessage : outcome.message,
    ...factsOf(facts, bundle.status),
    drift: drift.length > 0 ? [...drift] : undefined,
    observedAt: formatTime(nowMs),
  });
}

function factsOf(facts: BundleFacts, previous: Bundle['status']): Partial<BundleStatus> {
  const { vipMessage: _message, members, ...seen } = withoutUndefined(facts);
  const { vip, fqdn, gatewayAddress, certificate, routeConfigured, readyEndpoints, members: before } = previous ?? {};
  const kept = withoutUndefined({ vip, fqdn, gatewayAddress, certificate, routeConfigured, readyEndpoints });
  return { ...kept, ...seen, members: members === undefined ? before : [...members] };
}

function phaseOf({ kind }: ApplyOutcome): NonNullable<BundleStatus['phase']> {
  if (kind === 'applied') return 'Applied';
  return kind === 'pending' ? 'Pending' : 'Failed';
}

function appliedOf({ spec, status }: Bundle, { kind }: ApplyOutcome): Partial<BundleStatus> {
  if (kind === 'applied' && spec !== undefined) {
    return { appliedDigest: spec.digest, appliedRevision: spec.revision, appliedEpoch: spec.epoch };
  }
  const { appliedDigest, appliedRevision, appliedEpoch } = status ?? {};
  return withoutUndefined({ appliedDigest, appliedRevision, appliedEpoch });
}

function conditionsOf(outcome: ApplyOutcome, drift: readonly DriftEntry[]): readonly ConditionNow[] {
  return [appliedCondition(outcome), driftCondition(drift)];
}

function appliedCondition(outcome: ApplyOutcome): ConditionNow {
  if (outcome.kind === 'applied') {
    return { type: 'Applied', status: 'True', reason: 'Applied', message: 'the cluster holds every manifest' };
  }
  const { reason, message } = outcome;
  return { type: 'Applied', status: outcome.kind === 'pending' ? 'Unknown' : 'False', reason, message };
}

function driftCondition(drift: readonly DriftEntry[]): ConditionNow {
  const [first] = drift;
  if (first === undefined) {
    return { type: 'Drifted', status: 'False', reason: 'AsApplied', message: 'nobody changed what was applied' };
  }
  const more = drift.length > 1 ? ` and ${drift.length - 1} more` : '';
  const message = `${first.object} ${first.path} was ${first.found} instead of ${first.wanted}${more}; put back`;
  return { type: 'Drifted', status: 'True', reason: 'Repaired', message };
}

/** Optional fields are left out instead of carrying `undefined`, so that the status compares and prints plainly. */
function withoutUndefined<T extends object>(value: { [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}
