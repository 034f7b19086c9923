import { type Claimant, claimKeys } from '../../accesspoint';

/**
 * Who claims what, so that a change is looked at only by those that it concerns. Keys are `namespace/name` of access points.
 */
export class ClaimIndex {
  private readonly claimants = new Map<string, Claimant>();
  private readonly claimed = new Map<string, readonly string[]>();
  private readonly byClaim = new Map<string, Set<string>>();

  /** Takes an access point as it is now, or its end. @returns the others that share a claim with it, before or after */
  update(key: string, claimant: Claimant | undefined): ReadonlySet<string> {
    const before = this.claimed.get(key) ?? [];
    const after = claimant === undefined ? [] : claimKeys(claimant);
    for (const claim of before) this.byClaim.get(claim)?.delete(key);
    for (const claim of after) this.holdersOf(claim).add(key);
    for (const claim of before) if (this.byClaim.get(claim)?.size === 0) this.byClaim.delete(claim);
    if (claimant === undefined) this.claimants.delete(key);
    else this.claimants.set(key, claimant);
    this.claimed.set(key, after);
    if (claimant === undefined) this.claimed.delete(key);
    const concerned = new Set([...before, ...after].flatMap((claim) => [...(this.byClaim.get(claim) ?? [])]));
    concerned.delete(key);
    return concerned;
  }

  /** Who claims something that this one claims too. */
  rivalsOf(key: string): readonly Claimant[] {
    const rivals = new Set((this.claimed.get(key) ?? []).flatMap((claim) => [...(this.byClaim.get(claim) ?? [])]));
    rivals.delete(key);
    return [...rivals].sort().flatMap((rival) => this.claimants.get(rival) ?? []);
  }

  /** The access point itself, as last taken. */
  get(key: string): Claimant | undefined {
    return this.claimants.get(key);
  }

  private holdersOf(claim: string): Set<string> {
    const holders = this.byClaim.get(claim) ?? new Set<string>();
    this.byClaim.set(claim, holders);
    return holders;
  }
}
