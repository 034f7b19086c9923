/** Cause types of a Status object (metav1.CauseType). */
export type FieldErrorReason =
  | 'FieldValueInvalid'
  | 'FieldValueTypeInvalid'
  | 'FieldValueRequired'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueNotFound';

/** One thing that is wrong with an object, as a cause of a Status object. */
export interface FieldError {
  /** `spec.ports[0].number`; `<nil>` when the finding is about no field in particular. */
  readonly field: string;
  readonly reason: FieldErrorReason;
  /** The cause's message, without the field: `Required value`, `Invalid value: "x": …`. */
  readonly detail: string;
}

/** A value does not obey a rule. */
export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { field, reason: 'FieldValueInvalid', detail: body(`Invalid value: ${printValue(value)}`, detail) };
}

/** A value that is too large to be shown does not obey a rule. */
export function invalidWithoutValue(field: string, detail: string): FieldError {
  return { field, reason: 'FieldValueInvalid', detail: body('Invalid value', detail) };
}

/** A value has another type than the schema asks for. */
export function typeInvalid(field: string, value: unknown, detail: string): FieldError {
  return { ...invalid(field, value, detail), reason: 'FieldValueTypeInvalid' };
}

/** A value is missing. */
export function required(field: string, detail = ''): FieldError {
  return { field, reason: 'FieldValueRequired', detail: body('Required value', detail) };
}

/** A value is not one of those allowed. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const values = supported.map((one) => JSON.stringify(one)).join(', ');
  const detail = supported.length > 0 ? `supported values: ${values}` : '';
  return { field, reason: 'FieldValueNotSupported', detail: body(`Unsupported value: ${printValue(value)}`, detail) };
}

/** A value appears twice where it must be unique. */
export function duplicate(field: string, value: unknown): FieldError {
  return { field, reason: 'FieldValueDuplicate', detail: `Duplicate value: ${printValue(value)}` };
}

/** A field must not be set, or not be set here. */
export function forbidden(field: string, detail: string): FieldError {
  return { field, reason: 'FieldValueForbidden', detail: body('Forbidden', detail) };
}

/** A text is longer than `limit`. */
export function tooLong(field: string, limit: number): FieldError {
  const unit = limit === 1 ? 'byte' : 'bytes';
  return { field, reason: 'FieldValueTooLong', detail: `Too long: may not be more than ${limit} ${unit}` };
}

/** A list or map has more than `limit` items. */
export function tooMany(field: string, actual: number, limit: number): FieldError {
  const unit = limit === 1 ? 'item' : 'items';
  return { field, reason: 'FieldValueTooMany', detail: `Too many: ${actual}: must have at most ${limit} ${unit}` };
}

function body(head: string, detail: string): string {
  return detail === '' ? head : `${head}: ${detail}`;
}

/** Texts as they are; everything else as Go's JSON encoder writes it, which escapes what HTML might read as markup. */
function printValue(value: unknown): string {
  if (value === undefined) return '""';
  const json = JSON.stringify(value);
  if (typeof value === 'string') return json;
  return json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

/** What a Status object with reason `Invalid` (HTTP 422) says. */
export interface InvalidObject {
  readonly message: string;
  readonly details: {
    readonly name: string;
    readonly group?: string;
    readonly kind: string;
    readonly causes: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
  };
}

/** Puts findings about an object into the words of a Status object: `Widget.example.com "w" is invalid: …`. */
export function describeInvalid(
  { group, kind, name }: { readonly group: string; readonly kind: string; readonly name: string },
  errors: readonly FieldError[],
): InvalidObject {
  const lines = [...new Set(errors.map(({ field, detail }) => `${field}: ${detail}`))];
  const [first = ''] = lines;
  const text = lines.length === 1 ? first : `[${lines.join(', ')}]`;
  const qualified = group === '' ? kind : `${kind}.${group}`;
  return {
    message: `${qualified} ${JSON.stringify(name)} is invalid: ${text}`,
    details: {
      name,
      ...(group === '' ? {} : { group }),
      kind,
      causes: errors.map(({ field, reason, detail }) => ({ reason, message: detail, field })),
    },
  };
}
