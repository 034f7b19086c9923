import { LinearPattern } from './linear-pattern';
import { PatternSyntaxError } from './parse-pattern';

export { type LinearPattern, PatternCostError } from './linear-pattern';

/** Compiled patterns by source; the patterns of served schemas are few and long-lived. */
const compiled = new Map<string, LinearPattern | PatternSyntaxError>();

/** How many patterns are kept; beyond that the store is emptied, so that hostile schemas cannot grow it for ever. */
const LIMIT = 2000;

/** A pattern in RE2's syntax (what Kubernetes schemas and CEL use), or why it is none. */
export function compilePattern(source: string): LinearPattern | PatternSyntaxError {
  const cached = compiled.get(source);
  if (cached !== undefined) return cached;
  if (compiled.size >= LIMIT) compiled.clear();
  const result = compile(source);
  compiled.set(source, result);
  return result;
}

function compile(source: string): LinearPattern | PatternSyntaxError {
  try {
    return new LinearPattern(source);
  } catch (cause) {
    if (cause instanceof PatternSyntaxError) return cause;
    throw cause;
  }
}
