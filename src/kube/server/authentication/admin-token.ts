import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivately } from './certificate-authority';

/** The admin's bearer token of a data folder (`admin.token`, readable for its owner only), made on first use. */
export function openAdminToken(folder: string): string {
  const path = join(folder, 'admin.token');
  if (!existsSync(path)) writePrivately(path, randomBytes(32).toString('base64url'));
  return readFileSync(path, 'utf8').trim();
}

/** Compares secrets in a time that tells nothing about them. */
export function sameSecret(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
