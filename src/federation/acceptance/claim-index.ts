import { type Claimant, type ClaimKey, claimKeys } from '../../accesspoint';
import { canonicalJson } from '../../kernel';

/** What one access point claims, and everything about it that decides who keeps what. */
interface Holding {
  readonly claimant: Claimant;
  readonly claims: readonly ClaimKey[];
  /** Claims and age in one text; while it stays the same nobody else is concerned. */
  readonly standing: string;
}

/**
 * Who claims what, so that a change is looked at only by those that it concerns: who claims the same in a way that clashes. A thousand access
 * points that share a gateway port by host do not concern each other. Keys are `namespace/name` of access points.
 */
export class ClaimIndex {
  private readonly holdings = new Map<string, Holding>();
  /** Claim → use of it ('' for none that can be shared) → who claims it so. */
  private readonly byClaim = new Map<string, Map<string, Set<string>>>();

  /** Takes an access point as it is now, or its end. @returns the others whose claims clash with it, before or after; nobody when it claims what it did */
  update(key: string, claimant: Claimant | undefined): ReadonlySet<string> {
    const before = this.holdings.get(key);
    const after = claimant === undefined ? undefined : holdingOf(claimant);
    if (after === undefined) this.holdings.delete(key);
    else this.holdings.set(key, after);
    if (before?.standing === after?.standing) return new Set();
    for (const claim of before?.claims ?? []) this.remove(key, claim);
    for (const claim of after?.claims ?? []) this.usersOf(claim).add(key);
    return this.clashing(key, [...(before?.claims ?? []), ...(after?.claims ?? [])]);
  }

  /** Who claims something that this one claims too, in a way that clashes. */
  rivalsOf(key: string): readonly Claimant[] {
    const rivals = this.clashing(key, this.holdings.get(key)?.claims ?? []);
    return [...rivals].sort().flatMap((rival) => this.holdings.get(rival)?.claimant ?? []);
  }

  /** The access point itself, as last taken. */
  get(key: string): Claimant | undefined {
    return this.holdings.get(key)?.claimant;
  }

  private clashing(key: string, claims: readonly ClaimKey[]): Set<string> {
    const clashing = new Set<string>();
    for (const { key: claim, sharedUse } of claims) {
      for (const [use, holders] of this.byClaim.get(claim) ?? [])
        if (sharedUse === undefined || use !== sharedUse) for (const holder of holders) clashing.add(holder);
    }
    clashing.delete(key);
    return clashing;
  }

  private usersOf({ key, sharedUse = '' }: ClaimKey): Set<string> {
    const uses = this.byClaim.get(key) ?? new Map<string, Set<string>>();
    this.byClaim.set(key, uses);
    const users = uses.get(sharedUse) ?? new Set<string>();
    uses.set(sharedUse, users);
    return users;
  }

  private remove(holder: string, { key, sharedUse = '' }: ClaimKey): void {
    const uses = this.byClaim.get(key);
    const users = uses?.get(sharedUse);
    users?.delete(holder);
    if (users?.size === 0) uses?.delete(sharedUse);
    if (uses?.size === 0) this.byClaim.delete(key);
  }
}

function holdingOf(claimant: Claimant): Holding {
  const claims = claimKeys(claimant);
  return { claimant, claims, standing: canonicalJson([claimant.accessPoint.metadata.creationTimestamp ?? '', claims]) };
}
