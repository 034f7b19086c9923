import { createHash } from 'node:crypto';

const LIMIT = 63;
const HASH_LENGTH = 8;

/**
 * A DNS label (RFC 1123, at most 63 characters) from parts. When the plain join is not a label already, or is too long,
 * a hash of the exact parts is appended, so that different lists of one length never share a name.
 */
export function kubernetesName(...parts: readonly string[]): string {
  const plain = parts.join('-');
  const clean = plain
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const unambiguous = parts.every((part, index) => index === parts.length - 1 || !part.includes('-'));
  if (clean !== '' && clean === plain && clean.length <= LIMIT && unambiguous) return clean;
  const hash = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, HASH_LENGTH);
  const head = clean.slice(0, LIMIT - HASH_LENGTH - 1).replace(/-+$/, '');
  return head === '' ? `x-${hash}` : `${head}-${hash}`;
}
