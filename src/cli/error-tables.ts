import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FlotillaError } from '../kernel';

/** A code as its table tells of it. */
export interface ErrorRow {
  readonly code: string;
  readonly when: string;
  readonly fix: string;
}

/** Where the tables are, in a checkout and in an installation. */
const folder = join(__dirname, '..', '..', 'docs', 'reference', 'errors');

/** Every code of every table, by number. @throws FlotillaError FLO8803 when the tables are not there */
export async function readErrorTables(): Promise<ErrorRow[]> {
  try {
    const files = (await readdir(folder)).filter((name) => name.endsWith('.md'));
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
    return texts.flatMap(parseErrorTable).sort((left, right) => (left.code < right.code ? -1 : 1));
  } catch (cause) {
    throw new FlotillaError(`cannot read the reference of codes in ${folder}: ${String(cause)}`, {
      code: 'FLO8803',
      retry: 'never',
      hint: 'install docs/reference/errors beside the program',
      cause,
    });
  }
}

/** The rows of one table in Markdown. */
export function parseErrorTable(markdown: string): ErrorRow[] {
  return markdown.split('\n').flatMap((line) => {
    const [, code, when, fix] = /^\|\s*(FLO\d{4})\s*\|((?:\\\||[^|])*)\|((?:\\\||[^|])*)\|\s*$/.exec(line) ?? [];
    if (code === undefined || when === undefined || fix === undefined) return [];
    return [{ code, when: plain(when), fix: plain(fix) }];
  });
}

function plain(cell: string): string {
  return cell.trim().replaceAll('\\|', '|');
}
