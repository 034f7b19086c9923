import {
  type AccessPoint,
  type Claimant,
  conflictFindings,
  type PlacedCluster,
  renderingFindings,
  renderingFindingsBesides,
  validateAccessPoint,
} from '../../accesspoint';
import type { Finding } from '../../kernel';
import type { AddressPool, MemberCluster, Mesh, MeshSpec, RolloutPolicy } from '../api';
import { placeAccessPoint, type PlacementSources } from '../placement';

/** The hub objects that decide whether an access point is accepted, and where it goes. */
export interface HubLookups extends PlacementSources {
  readonly meshes: readonly Mesh[];
  readonly clusters: readonly MemberCluster[];
  readonly pools: readonly AddressPool[];
  readonly rolloutPolicies: readonly RolloutPolicy[];
}

/** Intent that was accepted: a valid spec, its mesh, and where it goes. */
export interface AcceptedIntent {
  readonly mesh: MeshSpec;
  readonly clusters: readonly PlacedCluster[];
}

/** The judgement of one access point. */
export interface Acceptance {
  /** Undefined when any finding is an error. */
  readonly accepted: AcceptedIntent | undefined;
  readonly findings: readonly Finding[];
}

/**
 * Judges an access point by itself and against the objects it refers to, without other access points. What is wrong with templates and overrides is told
 * beside what is wrong with the rest.
 * @param trial renders it for every cluster to see whether templates and overrides apply; the costly part, which a caller may remember
 */
export function judgeAccessPoint(
  accessPoint: AccessPoint,
  lookups: HubLookups,
  previous: ReadonlySet<string>,
  trial: typeof renderingFindings = renderingFindings,
): Acceptance {
  const placement = placeAccessPoint({ accessPoint, clusters: lookups.clusters, sources: lookups, previous });
  const mesh = lookups.meshes.find(({ metadata }) => metadata.name === accessPoint.spec?.mesh);
  const findings = [...validateAccessPoint(accessPoint, lookups)];
  // What places it wrongly is told by the references already; a second word about it would only confuse.
  const misplaced = findings.some(({ path = '' }) => path === 'spec.mesh' || path.startsWith('spec.placement'));
  if (!misplaced) findings.push(...placement.findings);
  const { clusters } = placement;
  if (hasErrors(findings) || mesh?.spec === undefined) {
    findings.push(...renderingFindingsBesides({ accessPoint, mesh, clusters }, trial));
    return { accepted: undefined, findings };
  }
  findings.push(...trial({ accessPoint, mesh, clusters }));
  const accepted = hasErrors(findings) ? undefined : { mesh: mesh.spec, clusters };
  return { accepted, findings };
}

/** The same, and against the access points that may hold what this one claims. */
export function acceptAccessPoint(
  candidate: Claimant,
  others: readonly Claimant[],
  lookups: HubLookups,
  previous: ReadonlySet<string>,
): Acceptance {
  return withConflicts(judgeAccessPoint(candidate.accessPoint, lookups, previous), candidate, others);
}

/** A judgement with what of it belongs to others: then nothing is accepted. */
export function withConflicts(judged: Acceptance, candidate: Claimant, others: readonly Claimant[]): Acceptance {
  const conflicts = conflictFindings(candidate, others);
  return { accepted: conflicts.length > 0 ? undefined : judged.accepted, findings: [...judged.findings, ...conflicts] };
}

/** Whether a list of findings refuses what it is about. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}
