import { randomInt } from 'node:crypto';
import type { KubeObject } from '../../schema';
import type { ServedKind } from '../resources/served-kind';
import { required } from '../schema';
import { invalidObject } from './check-fields';

/** Without vowels and look-alikes, as Kubernetes does it: no accidental words. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const MAX_BASE_LENGTH = 63 - SUFFIX_LENGTH;

/** The object's name, or one made from `generateName`. @throws ApiError 422 when it brings neither */
export function generateName(kind: ServedKind, { metadata }: KubeObject): string {
  if (metadata.name !== '') return metadata.name;
  const base = metadata.generateName ?? '';
  if (base === '') {
    throw invalidObject(kind, '', [required('metadata.name', 'name or generateName is required')]);
  }
  const suffix = Array.from({ length: SUFFIX_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return base.slice(0, MAX_BASE_LENGTH) + suffix;
}
