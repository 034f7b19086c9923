import { compareQuantities, type FieldError, invalid, parseQuantity } from '../../schema';

type Quantities = Readonly<Record<string, string | number>>;

/** Requests and limits of a container. */
export interface Resources {
  readonly requests?: Quantities;
  readonly limits?: Quantities;
}

const STANDARD = ['cpu', 'memory', 'ephemeral-storage'];

/** Quantities are not below zero, of resources that containers have, and requests not above their limits. */
export function resourceErrors(resources: Resources | undefined, field: string): readonly FieldError[] {
  const { requests = {}, limits = {} } = resources ?? {};
  return [
    ...quantityErrors(limits, `${field}.limits`),
    ...quantityErrors(requests, `${field}.requests`),
    ...Object.entries(requests).flatMap(([name, request]) => {
      const limit = limits[name];
      if (limit === undefined || compareQuantity(request, limit) <= 0) return [];
      return [invalid(`${field}.requests`, String(request), `must be less than or equal to ${name} limit of ${limit}`)];
    }),
  ];
}

function quantityErrors(quantities: Quantities, field: string): readonly FieldError[] {
  return Object.entries(quantities).flatMap(([name, quantity]) => {
    const place = `${field}[${name}]`;
    const known = STANDARD.includes(name) || name.startsWith('hugepages-') || name.includes('/');
    return [
      ...(known
        ? []
        : [
            invalid(place, name, 'must be a standard resource type or fully qualified'),
            invalid(place, name, 'must be a standard resource for containers'),
          ]),
      ...belowZero(quantity, place),
    ];
  });
}

/** Negative, zero or positive; texts that are no quantities are somebody else's error. */
/** Negative, zero or positive, as the left amount is less than, equal to or greater than the right one. */
export function compareQuantity(left: string | number, right: string | number): number {
  const [first, second] = [parseQuantity(String(left)), parseQuantity(String(right))];
  return first === undefined || second === undefined ? 0 : compareQuantities(first, second);
}

/** A quantity below zero. */
export function belowZero(quantity: string | number | undefined, field: string): readonly FieldError[] {
  if (quantity === undefined || compareQuantity(quantity, 0) >= 0) return [];
  return [invalid(field, String(quantity), 'must be greater than or equal to 0')];
}
