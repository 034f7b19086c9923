// Runs jest for the named projects (unit, e2e, real), one after another, and closes with one line that sums them.
// Usage: node scripts/test.mjs unit e2e [-- jest arguments]
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const separator = process.argv.indexOf('--');
const projects = process.argv.slice(2, separator < 0 ? undefined : separator);
const passOn = separator < 0 ? [] : process.argv.slice(separator + 1);
const results = join(root, '.cache', 'test-results');
mkdirSync(results, { recursive: true });

/** Unit tests share the cores; tests that start whole fleets run one file at a time, so that they do not starve each other. */
function runProject(project) {
  const output = join(results, `${project}.json`);
  rmSync(output, { force: true });
  const args = [
    '--selectProjects',
    project,
    '--json',
    `--outputFile=${output}`,
    ...(project === 'unit' ? [] : ['--runInBand']),
    ...passOn,
  ];
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...args], {
    cwd: root,
    // jest prints its JSON to stdout as well; people read the report on stderr.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { project, status, counts: readCounts(output) };
}

function readCounts(output) {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests } = JSON.parse(
      readFileSync(output, 'utf8'),
    );
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites, skipped: numPendingTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const runs = projects.map(runProject);
const sum = (key) => runs.reduce((total, run) => total + run.counts[key], 0);
const ok = runs.every((run) => run.status === 0);
console.log(
  `tests: ${sum('passed')} passed, ${ok ? sum('failed') : Math.max(1, sum('failed'))} failed${sum('skipped') ? `, ${sum('skipped')} skipped` : ''}`,
);
process.exit(ok ? 0 : 1);
