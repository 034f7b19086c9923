// Makes a bare checkout runnable: installs packages, generates the Envoy types and builds, each only when its inputs changed.
// Plain Node, because nothing is installed yet when it runs first.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const quiet = process.argv.includes('--quiet');
const stampFolder = join(root, '.cache', 'stamps');

/** Every file below a folder, sorted, with its size and time: enough to see a change, quick enough to do on every start. */
function listing(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('generated') && !entry.name.endsWith('.spec.ts'))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { size, mtimeMs } = statSync(path);
      return `${path} ${size} ${mtimeMs}`;
    })
    .sort();
}

function fingerprint(paths) {
  const hash = createHash('sha256').update(process.version);
  for (const path of paths) {
    const full = join(root, path);
    if (!existsSync(full)) hash.update(`${path} absent`);
    else if (statSync(full).isDirectory()) hash.update(listing(full).join('\n'));
    else hash.update(readFileSync(full));
  }
  return hash.digest('hex');
}

function run(command, args) {
  const started = Date.now();
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', quiet ? 2 : 'inherit', 'inherit'],
  });
  if (status !== 0) {
    console.error(`flotilla: "${command} ${args.join(' ')}" failed${error ? `: ${error.message}` : ''}`);
    process.exit(status ?? 1);
  }
  return ((Date.now() - started) / 1000).toFixed(1);
}

/** Runs a step unless its inputs are as they were when it last succeeded and its output is there. */
function step({ name, inputs, output, command, args }) {
  const stamp = join(stampFolder, name);
  const wanted = fingerprint(inputs);
  if (existsSync(join(root, output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (!quiet) console.error(`flotilla: ${name} …`);
  const seconds = run(command, args);
  mkdirSync(stampFolder, { recursive: true });
  writeFileSync(stamp, wanted);
  if (!quiet) console.error(`flotilla: ${name} done in ${seconds} s`);
}

step({
  name: 'install',
  inputs: ['package-lock.json'],
  output: 'node_modules',
  command: 'npm',
  args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
});
step({
  name: 'protos',
  inputs: ['package-lock.json', 'scripts/generate-protos.mjs'],
  output: 'src/pilot/proto/generated',
  command: process.execPath,
  args: ['scripts/generate-protos.mjs'],
});
step({
  name: 'build',
  inputs: ['package-lock.json', '.swcrc', 'src', 'scripts/build.mjs'],
  output: 'dist/cli/main.js',
  command: process.execPath,
  args: ['scripts/build.mjs'],
});
