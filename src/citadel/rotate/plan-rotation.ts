/** What a zone reports about one mesh: whom it trusts and under which root it issues. Roots go by SHA-256 fingerprint. */
export interface ZoneTrust {
  readonly zone: string;
  readonly trustedRoots: readonly string[];
  /** Since when it hands out exactly these; its workloads learn them with their next certificate, one leaf lifetime later at most. */
  readonly trustedSinceMs: number;
  /** Root of the chain that the zone issues with; undefined before its first. */
  readonly issuerRoot: string | undefined;
  /** Since when it issues under that root; every older leaf has ended one leaf lifetime later. */
  readonly issuerSinceMs: number | undefined;
}

/** What a rotation is decided from. */
export interface RotationInput {
  /** The root that signed so far. */
  readonly current: string;
  /** The root that is to take over; undefined when no rotation is wanted. */
  readonly next: string | undefined;
  /** Every zone of the mesh, also those that cannot be reached: with what they reported last. */
  readonly zones: readonly ZoneTrust[];
  /** Longest life of a leaf in this mesh. */
  readonly maxLeafLifetimeMs: number;
  readonly nowMs: number;
}

/** A zone that holds the rotation up, and why. */
export interface RotationWait {
  readonly zone: string;
  readonly why: string;
}

/**
 * One step of a rotation. Settled: nothing to do. TrustNew: both roots are trusted, the old one signs. SwitchIssuer: both are
 * trusted, the new one signs. DropOld: only the new one is left; when nobody waits any more, it is the current root.
 */
export interface RotationPlan {
  readonly step: 'Settled' | 'TrustNew' | 'SwitchIssuer' | 'DropOld';
  /** What every zone is to trust. */
  readonly trustedRoots: readonly string[];
  /** What intermediates are to be signed with. */
  readonly issuerRoot: string;
  readonly waitingFor: readonly RotationWait[];
  /** When time alone may end the waiting. */
  readonly nextCheckMs?: number;
}

/**
 * The step that a rotation is in, from what the zones report and nothing else, so that a hub that restarts goes on where it
 * was. A step begins when every zone has proven the one before: no leaf that still lives is ever unknown to anybody.
 */
export function planRotation(input: RotationInput): RotationPlan {
  const { current, next } = input;
  if (next === undefined || next === current) {
    return { step: 'Settled', trustedRoots: [current], issuerRoot: current, waitingFor: [] };
  }
  return trustNew(input, next) ?? switchIssuer(input, next) ?? dropOld(input, next);
}

/** What a zone still owes to a step; `endsMs` when time alone will do. */
interface Owed extends RotationWait {
  readonly endsMs?: number;
}

/** A zone that has switched proves that all had trusted the new root: one that joins later does not turn the clock back. */
function trustNew({ current, zones, maxLeafLifetimeMs, nowMs }: RotationInput, next: string): RotationPlan | undefined {
  if (zones.some(({ issuerRoot }) => issuerRoot === next)) return undefined;
  const both = [current, next];
  const owed = zones.flatMap(({ zone, trustedRoots, trustedSinceMs }): Owed[] => {
    if (!both.every((root) => trustedRoots.includes(root)))
      return [{ zone, why: 'it does not trust the new root yet' }];
    const endsMs = trustedSinceMs + maxLeafLifetimeMs;
    return endsMs > nowMs
      ? [{ zone, why: 'its workloads learn of the new root with their next certificates', endsMs }]
      : [];
  });
  return owed.length === 0 ? undefined : waiting({ step: 'TrustNew', trustedRoots: both, issuerRoot: current }, owed);
}

function switchIssuer(
  { current, zones, maxLeafLifetimeMs, nowMs }: RotationInput,
  next: string,
): RotationPlan | undefined {
  const owed = zones.flatMap(({ zone, issuerRoot, issuerSinceMs }): Owed[] => {
    if (issuerRoot !== next || issuerSinceMs === undefined) return [{ zone, why: 'it issues under the old root' }];
    const endsMs = issuerSinceMs + maxLeafLifetimeMs;
    return endsMs > nowMs ? [{ zone, why: 'certificates of the old root are still in use', endsMs }] : [];
  });
  if (owed.length === 0) return undefined;
  return waiting({ step: 'SwitchIssuer', trustedRoots: [current, next], issuerRoot: next }, owed);
}

function waiting(step: Omit<RotationPlan, 'waitingFor' | 'nextCheckMs'>, owed: readonly Owed[]): RotationPlan {
  const ends = owed.flatMap(({ endsMs }) => endsMs ?? []);
  return {
    ...step,
    waitingFor: owed.map(({ zone, why }) => ({ zone, why })),
    ...(ends.length > 0 ? { nextCheckMs: Math.min(...ends) } : {}),
  };
}

function dropOld({ current, zones }: RotationInput, next: string): RotationPlan {
  const waitingFor = zones
    .filter(({ trustedRoots }) => trustedRoots.includes(current))
    .map(({ zone }) => ({ zone, why: 'it still trusts the old root' }));
  return { step: 'DropOld', trustedRoots: [next], issuerRoot: next, waitingFor };
}
