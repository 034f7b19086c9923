import { type AccessPoint, accessPointKind, reviewAccessPoint } from '../../accesspoint';
import { type HubLookups, judgeAccessPoint } from '../acceptance';
import type { Finding } from '../../kernel';
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

/**
 * Judges a write to the hub. The API server has checked the schema already. Without lookups, before the hub knows its own objects, a write is
 * let through: the same checks run again when it is reconciled, and what they refuse changes nothing anywhere.
 */
export function reviewHubWrite(
  { apiVersion, kind, object, oldObject }: ReviewedWrite,
  lookups: HubLookups | undefined,
): ReviewOutcome {
  const isAccessPoint = kind === accessPointKind.kind && apiVersion === apiVersionOfKind(accessPointKind);
  if (!isAccessPoint || lookups === undefined) return { errors: [], warnings: [] };
  // The schema of the kind was checked: the shape is right.
  const accessPoint = object as AccessPoint;
  const previous = new Set((accessPoint.status?.clusters ?? []).map(({ cluster }) => cluster));
  const judge = (): readonly Finding[] => judgeAccessPoint(accessPoint, lookups, previous).findings;
  const review = reviewAccessPoint(accessPoint, oldObject as AccessPoint | undefined, judge);
  return {
    errors: review.errors.map((finding) => ({ field: finding.path ?? 'spec', message: describe(finding) })),
    warnings: review.warnings.map((finding) => `${finding.path ?? 'spec'}: ${describe(finding)}`),
  };
}

function describe({ code, message, hint }: Finding): string {
  return `${message}${hint === undefined ? '' : `; ${hint}`} (${code})`;
}
