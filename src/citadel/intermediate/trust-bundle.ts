import { FlotillaError, toFlotillaError } from '../../kernel';
import { fingerprintOf, isSelfSigned, parseChain, rootOf, splitPem } from '../authority';

/** The roots that a zone hands out as trusted, and what is wrong with those that the hub offers. */
export interface TrustDecision {
  /** PEM; the root of the own chain is always among them. Sorted by fingerprint, so that equal bundles are equal texts. */
  readonly trustPem: string;
  readonly problem?: FlotillaError;
}

/**
 * Decides whom the zone trusts: what the hub offers, else what was kept, and always the root of its own chain. A bundle that
 * cannot be used changes nothing.
 */
export function decideTrust(offered: string | undefined, kept: string | undefined, chainPem: string): TrustDecision {
  const faults = offered === undefined ? [] : bundleFaults(offered);
  const chosen = offered !== undefined && faults.length === 0 ? offered : (kept ?? '');
  const trustPem = sortedRoots(`${chosen}${rootOf(chainPem)}`);
  return faults.length === 0 ? { trustPem } : { trustPem, problem: refusedBundle(faults) };
}

/** Fingerprints of the roots in a bundle, sorted. */
export function rootFingerprints(trustPem: string): readonly string[] {
  return [...new Set(splitPem(trustPem).map(fingerprintOf))].sort();
}

function sortedRoots(pem: string): string {
  const byFingerprint = new Map(splitPem(pem).map((root) => [fingerprintOf(root), root]));
  return [...byFingerprint]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, root]) => root)
    .join('');
}

function bundleFaults(pem: string): readonly string[] {
  try {
    return parseChain(pem).flatMap((root, index) =>
      root.ca && isSelfSigned(root) ? [] : [`certificate ${index} is not a self-signed authority`],
    );
  } catch (cause) {
    return [toFlotillaError(cause).message];
  }
}

function refusedBundle(faults: readonly string[]): FlotillaError {
  return new FlotillaError(`the trust bundle that the hub offers is not taken: ${faults.join('; ')}`, {
    code: 'FLO5213',
    retry: 'after-change',
    hint: 'see spec.trustBundles of the MemberCluster copy; it holds root certificates in PEM',
  });
}
