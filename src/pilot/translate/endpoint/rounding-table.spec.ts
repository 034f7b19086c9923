import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apportion } from '../../model';

const page = join(__dirname, '../../../../docs/decisions/locality-weights.md');

/** Remote localities, each with one endpoint, that share what the local zone leaves. */
const cases = [
  { local: 99, remotes: 1 },
  { local: 99, remotes: 2 },
  { local: 99, remotes: 3 },
  { local: 99, remotes: 10 },
  { local: 99, remotes: 22 },
  { local: 95, remotes: 3 },
  { local: 90, remotes: 3 },
  { local: 90, remotes: 15 },
] as const;

interface Outcome {
  readonly weights: string;
  readonly remoteShare: string;
}

function outcome(local: number, remotes: readonly number[]): Outcome {
  const remote = remotes.reduce((sum, weight) => sum + weight, 0);
  return {
    weights: `${local} : ${remotes.length} × ${remotes[0] ?? 0}`,
    remoteShare: `${((100 * remote) / (local + remote)).toFixed(2)} %`,
  };
}

/** Each locality's part rounded up by itself, as istiod does it. */
function roundedUp(local: number, remotes: number): Outcome {
  return outcome(local, Array<number>(remotes).fill(Math.ceil((100 - local) / remotes)));
}

function exact(local: number, remotes: number): Outcome {
  const [locals = [], others = []] = apportion([
    { share: local, weights: [1] },
    { share: 100 - local, weights: Array<number>(remotes).fill(1) },
  ]);
  return outcome(locals[0] ?? 0, others);
}

function row({ local, remotes }: (typeof cases)[number]): string {
  const [theirs, ours] = [roundedUp(local, remotes), exact(local, remotes)];
  const cells = [
    `${100 - local} %`,
    String(remotes),
    theirs.weights,
    theirs.remoteShare,
    ours.weights,
    ours.remoteShare,
  ];
  return cells.join(' | ');
}

it.each(cases)('the page tells what $local % local with $remotes remote localities becomes', (example) => {
  const written = readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.replace(/\s+/g, ' ').replace(/^\| | \|$/g, ''));
  expect(written).toContain(row(example));
  expect(exact(example.local, example.remotes).remoteShare).toBe(`${(100 - example.local).toFixed(2)} %`);
});
