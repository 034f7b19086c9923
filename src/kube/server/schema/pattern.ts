/** Compiled patterns by source; the patterns of served schemas are few and long-lived. */
const compiled = new Map<string, RegExp | Error>();

/** How many patterns are kept; beyond that the store is emptied, so that hostile schemas cannot grow it for ever. */
const LIMIT = 2000;

/**
 * A pattern in RE2 syntax (what Kubernetes schemas and CEL use) as a JavaScript expression that matches the same texts,
 * or why it cannot be compiled.
 */
export function compilePattern(pattern: string): RegExp | Error {
  const cached = compiled.get(pattern);
  if (cached !== undefined) return cached;
  if (compiled.size >= LIMIT) compiled.clear();
  const result = compile(pattern);
  compiled.set(pattern, result);
  return result;
}

function compile(pattern: string): RegExp | Error {
  const { source, flags } = translate(pattern);
  try {
    return new RegExp(source, `${flags}u`);
  } catch {
    // RE2 allows escapes of plain characters (`\-`, `\_`) that unicode mode refuses.
    return compileLoosely(source, flags);
  }
}

function compileLoosely(source: string, flags: string): RegExp | Error {
  try {
    return new RegExp(source, flags);
  } catch (cause) {
    return new Error(`error parsing regexp: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** RE2's spellings that JavaScript has under another name: leading flags, `\A`, `\z`, named groups, POSIX classes. */
function translate(pattern: string): { readonly source: string; readonly flags: string } {
  const flagged = /^\(\?([ims]+)\)/.exec(pattern);
  const source = (flagged === null ? pattern : pattern.slice(flagged[0].length))
    .replace(/\(\?P</g, '(?<')
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$')
    .replace(/\[:([a-z]+):\]/g, (whole, name: string) => POSIX[name] ?? whole);
  return { source, flags: flagged?.[1] ?? '' };
}
