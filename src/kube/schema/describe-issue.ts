import type { z } from 'zod';

/** The parts of a zod issue that differ by its code. */
type Issue = z.core.$ZodIssue;

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping of fields',
  record: 'a mapping of names to values',
  array: 'a list',
};

/** What is wrong with a value, and what to write instead, in words that people know from YAML rather than from TypeScript. */
export function describeIssue(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeMessage(issue.expected, value);
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}${value === undefined ? '' : `, not ${shown(value)}`}`;
    case 'too_small':
      return boundMessage('at least', Number(issue.minimum), issue.origin);
    case 'too_big':
      return boundMessage('at most', Number(issue.maximum), issue.origin);
    case 'invalid_format':
      return formatMessage(issue, value);
    default:
      return issue.message;
  }
}

function typeMessage(expected: string, value: unknown): string {
  const wanted = NOUNS[expected] ?? expected;
  return value === undefined ? `is missing: write ${wanted}` : `must be ${wanted}, not ${nounOf(value)}`;
}

function nounOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return `the number ${value}`;
  return typeof value === 'boolean' ? String(value) : (NOUNS[typeof value] ?? typeof value);
}

function boundMessage(relation: string, bound: number, origin: string): string {
  if (origin === 'string' && bound === 1 && relation === 'at least') return 'must not be empty';
  if (origin === 'string') return `must have ${relation} ${bound} characters`;
  if (origin === 'array' || origin === 'set')
    return `must have ${relation} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  return `must be ${relation} ${bound}`;
}

/** A schema may say in its own words what a text has to look like; zod's own words name only the pattern. */
function formatMessage(issue: Extract<Issue, { code: 'invalid_format' }>, value: unknown): string {
  const isOwn = !issue.message.startsWith('Invalid ');
  if (isOwn) return `${issue.message}, not ${shown(value)}`;
  if (issue.format === 'datetime') return `must be a time such as 2026-01-31T12:00:00Z, not ${shown(value)}`;
  return `${shown(value)} does not match ${issue.pattern ?? issue.format}`;
}

/** At most this much of a value is repeated in a message. */
const SHOWN = 80;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
