/** Names that an expression sees, innermost first. */
export interface Scope<Value> {
  readonly name: string;
  readonly value: Value;
  readonly parent: Scope<Value> | undefined;
}

/** A scope with these names on top of another. */
export function scopeOf<Value>(
  names: Readonly<Record<string, Value>>,
  parent?: Scope<Value>,
): Scope<Value> | undefined {
  return Object.entries(names).reduce<Scope<Value> | undefined>(
    (inner, [name, value]) => ({ name, value, parent: inner }),
    parent,
  );
}

/** What a name stands for. The holder tells a missing name from a value that is undefined. */
export function lookUp<Value>(scope: Scope<Value> | undefined, name: string): { readonly value: Value } | undefined {
  for (let inner = scope; inner !== undefined; inner = inner.parent) if (inner.name === name) return inner;
  return undefined;
}
