import type { KubeObject } from '../../../schema';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../schema';
import { choice } from './field-rules';
import { compareQuantity } from './validate-resources';

/** The parts of a PersistentVolumeClaim's spec that are checked. */
export interface ClaimSpec {
  readonly accessModes?: readonly string[];
  readonly volumeMode?: string;
  readonly resources?: { readonly requests?: Readonly<Record<string, string | number>> };
}

const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const ALONE = 'ReadWriteOncePod';

/** PersistentVolumeClaims: how they are to be mounted, and how large. */
export function validateVolumeClaim({ spec }: KubeObject): readonly FieldError[] {
  return claimErrors(spec ?? {}, 'spec');
}

/** The spec of a claim, or of a template for one. */
export function claimErrors(
  { accessModes = [], volumeMode, resources }: ClaimSpec,
  field: string,
): readonly FieldError[] {
  const modes = `${field}.accessModes`;
  const foreign = accessModes.filter((mode) => !ACCESS_MODES.includes(mode));
  const shared = accessModes.includes(ALONE) && accessModes.length > 1;
  return [
    ...(accessModes.length === 0 ? [required(modes, 'at least 1 access mode is required')] : []),
    ...foreign.map((mode) => notSupported(modes, mode, ACCESS_MODES)),
    ...(shared ? [forbidden(modes, `may not use ${ALONE} with other access modes`)] : []),
    ...sizeErrors(resources?.requests?.storage, `${field}.resources[storage]`),
    ...choice(`${field}.volumeMode`, volumeMode, ['Block', 'Filesystem']),
  ];
}

function sizeErrors(size: string | number | undefined, field: string): readonly FieldError[] {
  if (size === undefined) return [required(field)];
  return compareQuantity(size, 0) > 0 ? [] : [invalid(field, String(size), 'must be greater than zero')];
}
