/** Ends an exhaustive switch: the compiler refuses a union member that was forgotten. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
