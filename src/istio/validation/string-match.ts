import type { Faults, Field } from '../findings';

/** Longest expression that Istio takes; Envoy's own measure is a program's size, which is always more. */
const LONGEST_EXPRESSION = 1024;

/** What RE2 does not have, or has in another form than JavaScript: look-around, back references, and too many repetitions. */
const NOT_RE2 = /\(\?(=|!|<=|<!)|\\[1-9]|\\k</;
const REPETITION = /\{([0-9]+)(,([0-9]*))?\}/g;
const MOST_REPETITIONS = 1000;

/** Istio's StringMatch: one of exact, prefix and regex, with something in it. */
export function* stringMatchFaults(field: Field): Faults {
  const given = ['exact', 'prefix', 'regex'].filter((name) => field.at(name).given);
  if (given.length > 1)
    yield { code: 'FLO8006', path: field.path, message: `${given.join(' and ')} exclude one another` };
  if (field.at('prefix').text === '')
    yield { code: 'FLO8063', path: field.at('prefix').path, message: 'an empty prefix fits everything' };
  yield* expressionFaults(field.at('regex'));
}

/** A regular expression of RE2 (https://github.com/google/re2/wiki/Syntax). */
export function* expressionFaults(field: Field): Faults {
  const { text, path } = field;
  if (text === undefined) return;
  const problem = expressionProblem(text);
  if (problem !== undefined) yield { code: 'FLO8014', path, message: `the expression cannot be used: ${problem}` };
}

function expressionProblem(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (Buffer.byteLength(text) > LONGEST_EXPRESSION) return `it is longer than ${LONGEST_EXPRESSION} characters`;
  const foreign = NOT_RE2.exec(text);
  if (foreign !== null) return `RE2 has no "${foreign[0]}"`;
  const often = [...text.matchAll(REPETITION)].find(([, least, , most]) =>
    [least, most].some((count) => Number(count ?? 0) > MOST_REPETITIONS),
  );
  if (often !== undefined) return `RE2 repeats at most ${MOST_REPETITIONS} times`;
  try {
    new RegExp(asJavaScript(text));
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? (cause.message.split(': ').at(-1) ?? cause.message) : String(cause);
  }
}

/** Spellings of RE2 that mean something else, or nothing, in JavaScript. */
function asJavaScript(text: string): string {
  return text
    .replace(/\(\?P</g, '(?<')
    .replace(/\(\?[imsU-]+\)/g, '')
    .replace(/\(\?[imsU-]+:/g, '(?:')
    .replace(/\\[AzQE]/g, '');
}
