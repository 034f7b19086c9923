import { type Finding, jsonEqual } from '../../kernel';
import type { AccessPoint } from '../access-point';

/** The answer to an attempted write: refused when `errors` is not empty, otherwise allowed with the warnings. */
export interface Review {
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/**
 * Admission of a created or updated access point. A write that leaves the spec as it was is always allowed, so that labels and
 * finalizers stay editable when a zone or a mesh has gone. Conflicts are not refused here: the condition names the winner,
 * and the loser takes over when the winner goes.
 * @param judge all findings but conflicts; asked only when the spec changed
 */
export function reviewAccessPoint(
  object: AccessPoint,
  old: AccessPoint | undefined,
  judge: () => readonly Finding[],
): Review {
  if (old !== undefined && jsonEqual(object.spec, old.spec)) return { errors: [], warnings: [] };
  const findings = judge();
  return {
    errors: findings.filter((finding) => finding.severity === 'error'),
    warnings: findings.filter((finding) => finding.severity !== 'error'),
  };
}
