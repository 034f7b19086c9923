import { type AccessPoint, accessPointKind, reviewAccessPoint, type Review } from '../../accesspoint';
import { type HubLookups, judgeAccessPoint } from '../acceptance';
import { type Clock, type Finding, pause } from '../../kernel';
import { apiVersionOfKind, type KubeObject } from '../../kube/schema';

/** What may be wrong with a write: field and message, as an API server reports them. */
export interface ReviewOutcome {
  readonly errors: readonly { readonly field: string; readonly message: string }[];
  readonly warnings: readonly string[];
}

/** A write as an API server asks about it. */
export interface ReviewedWrite {
  readonly apiVersion: string;
  readonly kind: string;
  readonly object: KubeObject;
  readonly oldObject?: KubeObject;
}

/** How long a write waits for the hub to hear of an object that it refers to and that was written just before. */
const PATIENCE_MS = 600;
const LOOK_AGAIN_MS = 50;

/** Findings that say no more than that something referred to is not there. */
const REFERENCE_CODES: readonly string[] = [
  'FLO3001',
  'FLO3002',
  'FLO3003',
  'FLO3020',
  'FLO3028',
  'FLO3029',
  'FLO3030',
  'FLO3031',
];

/** What a review looks things up in; undefined before the hub knows its own objects. */
export type CurrentLookups = () => HubLookups | undefined;

/**
 * Judges a write to the hub. The API server has checked the schema already. Before the hub knows its own objects a write is let through: the same
 * checks run again when it is reconciled, and what they refuse changes nothing anywhere. A write that names what the hub has not
 * heard of waits a moment, because `kubectl apply` sends a whole folder within milliseconds.
 */
export async function reviewHubWrite(
  write: ReviewedWrite,
  lookups: CurrentLookups,
  clock: Clock,
): Promise<ReviewOutcome> {
  const { apiVersion, kind, object, oldObject } = write;
  if (kind !== accessPointKind.kind || apiVersion !== apiVersionOfKind(accessPointKind))
    return { errors: [], warnings: [] };
  const endMs = clock.nowMs() + PATIENCE_MS;
  for (;;) {
    const known = lookups();
    if (known === undefined) return { errors: [], warnings: [] };
    // The schema of the kind was checked: the shape is right.
    const review = judge(object as AccessPoint, oldObject as AccessPoint | undefined, known);
    const mayPass = review.errors.length > 0 && review.errors.every(({ code }) => REFERENCE_CODES.includes(code));
    if (!mayPass || clock.nowMs() >= endMs) return outcomeOf(review);
    await pause(clock, LOOK_AGAIN_MS);
  }
}

function judge(accessPoint: AccessPoint, old: AccessPoint | undefined, lookups: HubLookups): Review {
  const previous = new Set((accessPoint.status?.clusters ?? []).map(({ cluster }) => cluster));
  return reviewAccessPoint(accessPoint, old, () => judgeAccessPoint(accessPoint, lookups, previous).findings);
}

function outcomeOf({ errors, warnings }: Review): ReviewOutcome {
  return {
    errors: errors.map((finding) => ({ field: finding.path ?? 'spec', message: describe(finding) })),
    warnings: warnings.map((finding) => `${finding.path ?? 'spec'}: ${describe(finding)}`),
  };
}

function describe({ code, message, hint }: Finding): string {
  return `${message}${hint === undefined ? '' : `; ${hint}`} (${code})`;
}
