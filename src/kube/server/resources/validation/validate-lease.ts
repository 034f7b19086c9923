import type { KubeObject } from '../../../schema';
import { type FieldError, invalid } from '../../schema';

/** Leases: durations above zero, transitions not below it. */
export function validateLease({ spec }: KubeObject): readonly FieldError[] {
  const { leaseDurationSeconds, leaseTransitions } = (spec ?? {}) as {
    leaseDurationSeconds?: number;
    leaseTransitions?: number;
  };
  return [
    ...(leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0
      ? [invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')]
      : []),
    ...(leaseTransitions !== undefined && leaseTransitions < 0
      ? [invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0')]
      : []),
  ];
}
