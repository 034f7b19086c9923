import { type FieldError, invalid } from '../../schema';

/** How a workload replaces its pods. */
export interface UpdateStrategy {
  readonly type?: string;
  readonly rollingUpdate?: { readonly maxSurge?: number | string; readonly maxUnavailable?: number | string };
}

const PERCENT = /^[0-9]+%$/;
const PERCENT_DETAIL =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** How many pods more and how many fewer than wanted there may be; not none of both. */
export function rollingUpdateErrors(rolling: UpdateStrategy['rollingUpdate'], field: string): readonly FieldError[] {
  const { maxSurge = 0, maxUnavailable = 0 } = rolling ?? {};
  const none = [maxSurge, maxUnavailable].every((value) => value === 0 || value === '0%');
  return [
    ...countOrPercentErrors(maxUnavailable, `${field}.maxUnavailable`),
    ...countOrPercentErrors(maxSurge, `${field}.maxSurge`),
    ...(none ? [invalid(`${field}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')] : []),
    ...(typeof maxUnavailable === 'string' && PERCENT.test(maxUnavailable) && parseInt(maxUnavailable, 10) > 100
      ? [invalid(`${field}.maxUnavailable`, maxUnavailable, 'must not be greater than 100%')]
      : []),
  ];
}

/** A number that is none below zero, or a percentage. */
export function countOrPercentErrors(value: number | string | undefined, field: string): readonly FieldError[] {
  if (typeof value === 'string') return PERCENT.test(value) ? [] : [invalid(field, value, PERCENT_DETAIL)];
  return value !== undefined && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}
