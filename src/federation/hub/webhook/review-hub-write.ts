import { type AccessPoint, accessPointKind, reviewAccessPoint, type Review } from '../../../accesspoint';
import { type HubLookups, judgeAccessPoint } from '../../acceptance';
import { type FederatedDeployment, federatedDeploymentKind } from '../../api';
import { judgeDeployment } from '../../deployment';
import { type Clock, type Finding, jsonEqual, pause } from '../../../kernel';
import { apiVersionOfKind, type KindDefinition, type KubeObject, namespacedName } from '../../../kube/schema';
import { nameFindings, type NameService, nameServiceKind, ownedNames } from '../../../nameservice';

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
  'FLO3033',
  'FLO7016',
  'FLO7017',
];

/** Names that belong to somebody else. */
const NAME_CONFLICTS: readonly string[] = ['FLO7010', 'FLO7013'];

/** Kinds that are judged beyond their schemas. */
export const REVIEWED_KINDS: readonly KindDefinition[] = [accessPointKind, nameServiceKind, federatedDeploymentKind];

/** What a review looks things up in. */
export interface ReviewLookups extends HubLookups {
  readonly accessPoints?: readonly AccessPoint[];
  readonly nameServices?: readonly NameService[];
}

/** The same at this moment; undefined before the hub knows its own objects. */
export type CurrentLookups = () => ReviewLookups | undefined;

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
  if (!REVIEWED_KINDS.some((kind) => isOfKind(write, kind))) return { errors: [], warnings: [] };
  const endMs = clock.nowMs() + PATIENCE_MS;
  for (;;) {
    const known = lookups();
    if (known === undefined) return { errors: [], warnings: [] };
    const review = judge(write, known);
    const mayPass = review.errors.length > 0 && review.errors.every(({ code }) => REFERENCE_CODES.includes(code));
    if (!mayPass || clock.nowMs() >= endMs) return outcomeOf(review);
    await pause(clock, LOOK_AGAIN_MS);
  }
}

function isOfKind({ kind, apiVersion }: ReviewedWrite, wanted: KindDefinition): boolean {
  return kind === wanted.kind && apiVersion === apiVersionOfKind(wanted);
}

/** The schema of the kind was checked before: the shape is right. */
function judge(write: ReviewedWrite, lookups: ReviewLookups): Review {
  const { object, oldObject } = write;
  if (isOfKind(write, nameServiceKind))
    return judgeWrittenName(object as NameService, oldObject as NameService | undefined, lookups);
  if (isOfKind(write, federatedDeploymentKind))
    return judgeWrittenDeployment(object as FederatedDeployment, oldObject as FederatedDeployment | undefined, lookups);
  return judgeWrittenAccessPoint(object as AccessPoint, oldObject as AccessPoint | undefined, lookups);
}

function judgeWrittenDeployment(
  deployment: FederatedDeployment,
  old: FederatedDeployment | undefined,
  lookups: HubLookups,
): Review {
  if (old !== undefined && jsonEqual(deployment.spec, old.spec)) return { errors: [], warnings: [] };
  const previous = new Set((deployment.status?.clusters ?? []).map(({ cluster }) => cluster));
  return { errors: judgeDeployment(deployment, lookups, previous).findings, warnings: [] };
}

/** Who owns a name is told by the condition, not refused: the loser takes over when the winner goes. */
function judgeWrittenName(service: NameService, old: NameService | undefined, lookups: ReviewLookups): Review {
  if (old !== undefined && jsonEqual(service.spec, old.spec)) return { errors: [], warnings: [] };
  const { accessPoints = [], nameServices = [], clusters, meshes } = lookups;
  const others = nameServices.filter((other) => namespacedName(other) !== namespacedName(service));
  const owned = ownedNames([...others, service]);
  const findings = nameFindings(service, { owned, accessPoints, clusters, meshes });
  const refused = findings.filter(({ code, severity }) => severity === 'error' && !NAME_CONFLICTS.includes(code));
  return { errors: refused, warnings: findings.filter((finding) => !refused.includes(finding)) };
}

function judgeWrittenAccessPoint(accessPoint: AccessPoint, old: AccessPoint | undefined, lookups: HubLookups): Review {
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
