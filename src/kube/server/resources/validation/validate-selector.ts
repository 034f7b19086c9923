import { type LabelSelector } from '../../../schema';
import { type FieldError, forbidden, invalid, labelErrors, qualifiedNameProblems, required } from '../../schema';
import { textErrors } from './field-rules';

const NEEDS_VALUES = ['In', 'NotIn'];
const HAS_NONE = ['Exists', 'DoesNotExist'];

/** A metav1.LabelSelector: labels that are some, operators that are known, values where the operator wants them. */
export function validateLabelSelector(selector: LabelSelector | undefined, field: string): readonly FieldError[] {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return [
    ...labelErrors(matchLabels, `${field}.matchLabels`),
    ...matchExpressions.flatMap(({ key, operator, values = [] }, index) => {
      const place = `${field}.matchExpressions[${index}]`;
      return [...operatorErrors(operator, values, place), ...textErrors(key, `${place}.key`, qualifiedNameProblems)];
    }),
  ];
}

function operatorErrors(operator: string, values: readonly string[], place: string): readonly FieldError[] {
  if (NEEDS_VALUES.includes(operator)) {
    const detail = "must be specified when `operator` is 'In' or 'NotIn'";
    return values.length === 0 ? [required(`${place}.values`, detail)] : [];
  }
  if (HAS_NONE.includes(operator)) {
    const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    return values.length > 0 ? [forbidden(`${place}.values`, detail)] : [];
  }
  return [invalid(`${place}.operator`, operator, 'not a valid selector operator')];
}
