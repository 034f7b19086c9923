import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  type NameCheck,
  notSupported,
  required,
} from '../../schema';

/** A value outside a fixed set, which is told in the order given. */
export function choice(field: string, value: string | undefined, allowed: readonly string[]): readonly FieldError[] {
  return value === undefined || allowed.includes(value) ? [] : [notSupported(field, value, allowed)];
}

/** A text that a check of names finds fault with. */
export function textErrors(text: string, field: string, check: NameCheck): readonly FieldError[] {
  return check(text).map((problem) => invalid(field, text, problem));
}

/** A name that must be there and be a DNS label. */
export function nameErrors(name: string | undefined, field: string): readonly FieldError[] {
  return name === undefined || name === '' ? [required(field)] : textErrors(name, field, dnsLabelProblems);
}

/** A name that may be absent and otherwise must be a DNS subdomain: names of other objects. */
export function subdomainErrors(name: string | undefined, field: string): readonly FieldError[] {
  return (name ?? '') === '' ? [] : textErrors(name ?? '', field, dnsSubdomainProblems);
}

/** Values that appeared before; empty ones are somebody else's error. */
export function duplicates(values: readonly string[], fieldOf: (index: number) => string): readonly FieldError[] {
  return values.flatMap((value, index) =>
    value !== '' && values.indexOf(value) < index ? [duplicate(fieldOf(index), value)] : [],
  );
}

/** A text that must not be empty. */
export function present(value: string | undefined, field: string, detail = ''): readonly FieldError[] {
  return (value ?? '') === '' ? [required(field, detail)] : [];
}

/** A count below zero. */
export function negative(value: number | undefined, field: string): readonly FieldError[] {
  return value !== undefined && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}

/** A field that an update must leave as it is. */
export function fixed(changed: boolean, field: string, value: unknown): readonly FieldError[] {
  return changed ? [invalid(field, value, 'field is immutable')] : [];
}

/** An object of which exactly one field of some names must be set; `missing` is the finding when none is. */
export function exactlyOne(
  object: object | undefined,
  { field, names, missing, several }: { field: string; names: readonly string[]; missing: FieldError; several: string },
): readonly FieldError[] {
  const set = Object.keys(object ?? {}).filter((name) => names.includes(name));
  return set.length === 0 ? [missing] : set.slice(1).map((name) => forbidden(`${field}.${name}`, several));
}
