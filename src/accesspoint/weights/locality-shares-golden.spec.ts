import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ZoneName } from '../../kernel';
import { type LocalityIntent, localityShares } from './locality-shares';

const folder = join(__dirname, 'testdata');
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.in.yaml'))
  .map((name) => name.replace('.in.yaml', ''));

/** The zones in their order, of which the first one, the first two, … are members; and the intent. */
interface Input {
  readonly zones: readonly ZoneName[];
  readonly intent: LocalityIntent;
}

/** One line for each number of zones and each source zone: shares, and after `then` who takes over in which order. */
function print({ zones, intent }: Input): string {
  const lines = zones.flatMap((_zone, index) => {
    const members = zones.slice(0, index + 1);
    return members.map((from) => {
      const { to, failover } = localityShares(from, members, intent);
      const shares = [...to].map(([zone, percent]) => `${zone} ${percent}`).join(', ');
      return `${members.length} ${from}: "${shares}${failover.length === 0 ? '' : ` then ${failover.join(', ')}`}"`;
    });
  });
  return `${lines.join('\n')}\n`;
}

describe('the shares of', () => {
  it.each(cases)('%s', (name) => {
    const input = parse(readFileSync(join(folder, `${name}.in.yaml`), 'utf8')) as Input;
    const path = join(folder, `${name}.out.yaml`);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, print(input));
    expect(print(input)).toBe(readFileSync(path, 'utf8'));
  });
});
