import { FlotillaError, toFlotillaError } from '../../kernel';
import { chainProblems, firstCertificate, matchesPublicKey, notBeforeMs, type Signer, splitPem } from '../authority';
import { decideTrust } from './trust-bundle';

/** Code of the state before the hub's first signature: nothing is wrong, and nothing can be issued. */
export const NOT_SIGNED_YET = 'FLO5212';

/** What a zone keeps for one mesh, in a Secret of its gateway cluster. */
export interface IntermediateRecord {
  readonly keyPem: string;
  readonly requestPem: string;
  /** The chain that was last accepted from the hub. */
  readonly chainPem?: string;
  /** The roots that were last trusted. */
  readonly trustPem?: string;
}

/** A signer with whom it makes its subjects trust. */
export interface Issuer extends Signer {
  /** Roots in PEM; that of the chain is among them. */
  readonly trustPem: string;
}

/** What is known of a zone's intermediate for one mesh. */
export interface IntermediateInput {
  /** undefined when the zone has no key yet. */
  readonly record: IntermediateRecord | undefined;
  /** The request that stands in the MemberCluster copy's status. */
  readonly publishedRequest: string | undefined;
  /** The chain that the hub wrote into the copy's spec. */
  readonly offeredChain: string | undefined;
  /** The roots that the hub wants trusted, if it says so. */
  readonly offeredTrust?: string | undefined;
  readonly nowMs: number;
}

/** What follows from it. Several may be due at once. */
export interface IntermediateDecision {
  /** Make a key and a request, and keep them before anything else. */
  readonly makeKey: boolean;
  /** Put this request where the hub sees it. */
  readonly publish?: string;
  /** Keep this chain, or these roots, or both. */
  readonly store?: Pick<IntermediateRecord, 'chainPem' | 'trustPem'>;
  /** The authority to issue with now; undefined while there is none. */
  readonly issuer?: Issuer;
  /** Why an offered chain is not taken, or why nothing can be issued. */
  readonly problem?: FlotillaError;
}

/**
 * Decides the next step of a zone's intermediate: key, request, chain, ready. A chain counts only when it holds together, is
 * valid now and carries the zone's own key. The newer of two good chains wins, so that an old copy of a MemberCluster cannot
 * bring an old certificate back.
 */
export function decideIntermediate(input: IntermediateInput): IntermediateDecision {
  const { record, publishedRequest, offeredChain, nowMs } = input;
  if (record === undefined) return { makeKey: true };
  const offered = offeredChain === undefined ? [] : chainFaults(offeredChain, record.keyPem, nowMs);
  const stored = record.chainPem === undefined ? [] : chainFaults(record.chainPem, record.keyPem, nowMs);
  const newer = offeredChain !== undefined && offered.length === 0 && isNewer(offeredChain, record.chainPem);
  const kept = stored.length === 0 ? record.chainPem : undefined;
  const chainPem = newer ? offeredChain : kept;
  const publish = publishedRequest === record.requestPem ? {} : { publish: record.requestPem };
  const refusal = offered.length > 0 ? { problem: refusedChain(offered) } : {};
  if (chainPem === undefined) return { makeKey: false, ...publish, problem: noChain(stored), ...refusal };
  const { trustPem, problem } = decideTrust(input.offeredTrust, record.trustPem, chainPem);
  const news = {
    ...(newer ? { chainPem } : {}),
    ...(trustPem === record.trustPem ? {} : { trustPem }),
  };
  return {
    makeKey: false,
    ...publish,
    ...(Object.keys(news).length > 0 ? { store: news } : {}),
    issuer: { keyPem: record.keyPem, chainPem, trustPem },
    ...(problem === undefined ? {} : { problem }),
    ...refusal,
  };
}

function chainFaults(chainPem: string, keyPem: string, nowMs: number): readonly string[] {
  try {
    const faults = [...chainProblems(chainPem, nowMs)];
    const intermediate = firstCertificate(chainPem);
    if (!intermediate.ca) faults.push('its first certificate is not an authority');
    if (splitPem(chainPem).length < 2) faults.push('it does not reach a root');
    if (!matchesPublicKey(keyPem, intermediate.publicKey))
      faults.push('it is for another key than the one of this zone');
    return faults;
  } catch (cause) {
    return [toFlotillaError(cause).message];
  }
}

/** An equal chain is not newer: it needs no write. */
function isNewer(offered: string, stored: string | undefined): boolean {
  if (stored === undefined) return true;
  if (offered === stored) return false;
  return notBeforeMs(firstCertificate(offered)) >= notBeforeMs(firstCertificate(stored));
}

function refusedChain(faults: readonly string[]): FlotillaError {
  return new FlotillaError(`the certificate chain that the hub offers is not taken: ${faults.join('; ')}`, {
    code: 'FLO5210',
    retry: 'after-change',
    hint: 'compare the signing request in the status of the MemberCluster with the chain in its spec',
  });
}

function noChain(faults: readonly string[]): FlotillaError {
  if (faults.length === 0) {
    return new FlotillaError('no certificate can be issued yet: the hub has not signed the request of this zone', {
      code: NOT_SIGNED_YET,
      hint: 'the request stands in the status of the MemberCluster copy; see whether the hub reaches this cluster',
    });
  }
  return new FlotillaError(`no certificate can be issued: the chain of this zone is of no use (${faults.join('; ')})`, {
    code: 'FLO5211',
    hint: 'the hub signs anew in the last third of a chain; see whether it reaches this cluster',
  });
}
