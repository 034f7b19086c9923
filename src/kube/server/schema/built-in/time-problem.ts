/** The parts of Go's layout for RFC 3339 times, and what each takes from a text. */
const PARTS: readonly (readonly [layout: string, expression: RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d{2}/],
  ['-', /^-/],
  ['02', /^\d{2}/],
  ['T', /^T/],
  ['15', /^\d{2}/],
  [':', /^:/],
  ['04', /^\d{2}/],
  [':', /^:/],
  ['05', /^\d{2}/],
];
const MICROSECONDS = ['.000000', /^\.\d{6}/] as const;
const ZONE = ['Z07:00', /^(Z|[+-]\d{2}:\d{2})/] as const;

/**
 * Why Go cannot read a text as a Time, or as a MicroTime, which wants all six digits after the point. `undefined` when it
 * can. An empty text is no time and no error.
 */
export function timeProblem(text: string, micro: boolean): string | undefined {
  if (text === '' || text === 'null') return undefined;
  const layout = `2006-01-02T15:04:05${micro ? '.000000' : ''}Z07:00`;
  let rest = text;
  for (const [part, expression] of [...PARTS, ...(micro ? [MICROSECONDS] : []), ZONE]) {
    if (part === 'Z07:00' && !micro) rest = rest.replace(/^[.,]\d+/, '');
    const found = expression.exec(rest);
    if (found === null)
      return `parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(rest)} as "${part}"`;
    rest = rest.slice(found[0].length);
  }
  if (rest !== '') return `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`;
  return outOfRange(text);
}

function outOfRange(text: string): string | undefined {
  const [month = 1, day = 1, hour = 0, minute = 0, second = 0] = [5, 8, 11, 14, 17].map((at) =>
    Number(text.slice(at, at + 2)),
  );
  const say = (what: string): string => `parsing time ${JSON.stringify(text)}: ${what} out of range`;
  if (month < 1 || month > 12) return say('month');
  const days = new Date(Date.UTC(Number(text.slice(0, 4)), month, 0)).getUTCDate();
  if (hour > 23) return say('hour');
  if (minute > 59) return say('minute');
  if (second > 59) return say('second');
  return day < 1 || day > days ? say('day') : undefined;
}
