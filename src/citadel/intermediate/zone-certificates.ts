import type { MemberCluster } from '../../federation/api';
import { formatTime } from '../../kernel';
import { fingerprintOf, firstCertificate, notAfterMs, rootOf } from '../authority';
import type { Issuer } from './decide-intermediate';
import { rootFingerprints } from './trust-bundle';

/** `status.certificates` of one mesh in a MemberCluster copy. */
export type ZoneCertificates = NonNullable<NonNullable<MemberCluster['status']>['certificates']>[string];

/**
 * What a zone reports of its certificates; the times move only when what they are about changes, so that a rotation can tell how
 * long it has been in force.
 */
export function zoneCertificates(
  previous: ZoneCertificates | undefined,
  issuer: Issuer,
  nowMs: number,
): ZoneCertificates {
  const trustedRoots = [...rootFingerprints(issuer.trustPem)];
  const issuerRoot = fingerprintOf(rootOf(issuer.chainPem));
  const now = formatTime(nowMs);
  const sameTrust = previous?.trustedRoots.join() === trustedRoots.join();
  return {
    trustedRoots,
    trustedSince: sameTrust ? previous.trustedSince : now,
    issuerRoot,
    issuerSince: previous?.issuerRoot === issuerRoot ? previous.issuerSince : now,
    notAfter: formatTime(notAfterMs(firstCertificate(issuer.chainPem))),
  };
}
