import { badRequest } from '../api-error';

/** Decides whether an object is selected. */
export type Matches = (values: Readonly<Record<string, string>>) => boolean;

const NAME = /^([A-Za-z0-9][-A-Za-z0-9._]*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const SET = /^(\S+)\s+(in|notin)\s+\(([^()]*)\)$/;
const EQUALITY = /^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/;

/**
 * Parses a label selector as kubectl writes it: `a=b,c!=d,e in (f,g),!h,i`.
 * @returns undefined when it selects everything
 * @throws ApiError 400
 */
export function parseLabelSelector(text: string | null): Matches | undefined {
  if (text === null || text.trim() === '') return undefined;
  const requirements = splitRequirements(text).map((part) => labelRequirement(part.trim(), text));
  return (labels) => requirements.every((matches) => matches(labels));
}

/** Commas inside parentheses belong to a set, not between requirements. One pass, however long the text is. */
function splitRequirements(text: string): readonly string[] {
  const parts: string[] = [];
  let [start, depth] = [0, 0];
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === ',' && depth <= 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function labelRequirement(part: string, whole: string): Matches {
  const set = SET.exec(part);
  if (set !== null) return setRequirement(set, whole);
  const equality = EQUALITY.exec(part);
  if (equality !== null) {
    const [, key = '', operator, value = ''] = equality;
    checkName(key, whole);
    checkValue(value, whole);
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const negated = part.startsWith('!');
  const key = negated ? part.slice(1).trim() : part;
  checkName(key, whole);
  return (labels) => Object.hasOwn(labels, key) !== negated;
}

function setRequirement([, key = '', operator, list = '']: RegExpExecArray, whole: string): Matches {
  checkName(key, whole);
  const values = new Set(list.split(',').map((value) => value.trim()));
  for (const value of values) checkValue(value, whole);
  const wanted = operator === 'in';
  return (labels) => {
    const value = labels[key];
    return value === undefined ? !wanted : values.has(value) === wanted;
  };
}

function checkName(key: string, whole: string): void {
  if (!NAME.test(key))
    throw badRequest(`unable to parse requirement: invalid label key "${key}" in selector "${whole}"`);
}

function checkValue(value: string, whole: string): void {
  if (value.length > 63 || !VALUE.test(value)) {
    throw badRequest(`unable to parse requirement: invalid label value "${value}" in selector "${whole}"`);
  }
}

/** One term of a field selector. */
export interface FieldRequirement {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
}

/**
 * Parses a field selector, `metadata.name=x,status.phase!=Running`; a backslash escapes `,`, `=` and itself.
 * @throws ApiError 400 on bad syntax
 */
export function parseFieldSelector(text: string | null): readonly FieldRequirement[] {
  if (text === null || text.trim() === '') return [];
  return text.split(/(?<!\\),/).map((part) => {
    const match = /^([^=!]+?)(==|=|!=)(.*)$/s.exec(part.trim());
    if (match === null) throw badRequest(`invalid selector: "${text}"; can't understand "${part}"`);
    const [, field = '', operator, value = ''] = match;
    return { field, value: value.replace(/\\([,=\\])/g, '$1'), equal: operator !== '!=' };
  });
}

/** Whether an object's fields meet every term. */
export function matchesFields(
  requirements: readonly FieldRequirement[],
  fields: Readonly<Record<string, string>>,
): boolean {
  return requirements.every(({ field, value, equal }) => ((fields[field] ?? '') === value) === equal);
}
