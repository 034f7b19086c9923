/**
 * A place in an object whose shape nobody has checked: its path and its value. Reading never throws; what is missing or of another type reads
 * as undefined, an empty list or an empty map, because wrong types are the schema's findings.
 */
export class Field {
  constructor(
    /** As kubectl prints it: `spec.http[0].route[1].weight`. */
    readonly path: string,
    readonly value: unknown,
  ) {}

  /** Whether there is a value at all; null counts as none. */
  get given(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  get text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined;
  }

  get number(): number | undefined {
    return typeof this.value === 'number' ? this.value : undefined;
  }

  get isTrue(): boolean {
    return this.value === true;
  }

  /** The field of this name in a map. */
  at(name: string): Field {
    const record = recordOf(this.value);
    return new Field(
      this.path === '' ? name : `${this.path}.${name}`,
      Object.hasOwn(record, name) ? record[name] : undefined,
    );
  }

  /** The fields of these names that are given. */
  among(names: readonly string[]): Field[] {
    return names.map((name) => this.at(name)).filter((field) => field.given);
  }

  /** The items of a list. */
  get items(): Field[] {
    const { value } = this;
    return Array.isArray(value) ? value.map((item: unknown, index) => new Field(`${this.path}[${index}]`, item)) : [];
  }

  /** Keys and values of a map. Keys that would not read well after a dot are written in brackets. */
  get entries(): [string, Field][] {
    return Object.entries(recordOf(this.value)).map(([key, value]) => [
      key,
      new Field(childPath(this.path, key), value),
    ]);
  }

  /** The texts of a list, with their places. */
  get texts(): { readonly text: string; readonly field: Field }[] {
    return this.items.flatMap((field) => (field.text === undefined ? [] : [{ text: field.text, field }]));
  }

  /** The texts of a map. */
  get labels(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(recordOf(this.value)).filter(isText));
  }
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Path of a map's entry. */
export function childPath(path: string, key: string): string {
  if (/^[A-Za-z_][-A-Za-z0-9_]*$/.test(key)) return path === '' ? key : `${path}.${key}`;
  return `${path}[${JSON.stringify(key)}]`;
}
