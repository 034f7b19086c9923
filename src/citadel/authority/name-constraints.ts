import { Extension } from './x509';

const NAME_CONSTRAINTS = '2.5.29.30';
const SEQUENCE = 0x30;
/** permittedSubtrees [0] of NameConstraints, constructed. */
const PERMITTED = 0xa0;
/** uniformResourceIdentifier [6] IA5String of GeneralName, implicit. */
const URI = 0x86;

/**
 * A critical name constraint (RFC 5280 §4.2.1.10): every URI below this authority has the trust domain as its host. A
 * permitted subtree of one name type leaves the other types free, so gateway certificates with DNS names pass; which DNS
 * names a zone may issue is decided by its Gateways, see docs/decisions/certificates.md.
 */
export function permitTrustDomain(trustDomain: string): Extension {
  const subtree = element(SEQUENCE, element(URI, Buffer.from(trustDomain, 'ascii')));
  const constraints = element(SEQUENCE, element(PERMITTED, subtree));
  return new Extension(NAME_CONSTRAINTS, true, Uint8Array.from(constraints));
}

/** One DER element: tag, length, content. */
function element(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

function length(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size]);
  if (size < 0x100) return Buffer.from([0x81, size]);
  return Buffer.from([0x82, size >> 8, size & 0xff]);
}
