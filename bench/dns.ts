/**
 * The DNS server beside nsd, on one core each, asked by the same dnsperf with the same questions:
 *
 *   node -r ./scripts/typescript-register.cjs bench/dns.ts [--seconds 10] [--names 1000] [--json FILE]
 *
 * nsd and dnsperf are those that `npm run test:real` fetches; without them it says so. The machine may be busy with other things, so the processor
 * time that the server spent is told too: questions per second of its own time are what it could answer with a core to itself.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { silentLogger, systemClock } from '../src/kernel';
import { type AnswerName, buildNameTable, ClientZones, DnsServer } from '../src/nameservice';
import { realPart } from '../test/real/real-parts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    names: { type: 'string', default: '1000' },
    json: { type: 'string' },
    serve: { type: 'string' },
  },
});
const nameCount = Number(values.names);
const POLICIES = ['RoundRobin', 'Locality', 'Ratio'] as const;
const ZONES = ['east/east-1', 'east/east-2', 'west/west-1'];

interface Result {
  readonly server: string;
  readonly questions: string;
  readonly perSecond: number;
  /** Share of one core that the server used. */
  readonly core: number;
  readonly perCoreSecond: number;
  readonly lost: number;
  readonly latencyMs: number;
}

function nameAt(index: number): string {
  return `name-${index}.global.example`;
}

/** A server process: listens on the port until it is killed. */
async function serve(policy: AnswerName['policy'], port: number): Promise<void> {
  const names = Array.from({ length: nameCount }, (_unused, index): AnswerName => ({
    ...{ fqdn: nameAt(index), ttlSeconds: 30, policy, ports: [], localPercent: 99, nearest: {}, owner: 'shop/pay' },
    members: ZONES.map((zone, place) => ({
      ...{ zone, addresses: [`10.${place}.${index >> 8}.${index & 255}`], healthy: true },
      ...{ target: zone, ratio: [70, 29, 1][place] ?? 1 },
    })),
  }));
  const table = buildNameTable(names, 1);
  const clientZones = new ClientZones([], ZONES[0]);
  const server = new DnsServer({
    ...{ host: '127.0.0.1', port, table: () => table, clientZones: () => clientZones },
    ...{ clock: systemClock, logger: silentLogger, questionsPerSecond: 1e9 },
  });
  await server.start();
  process.stdout.write('ready\n');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/** On the first core, so that the one who asks has another. */
function onFirstCore(command: string, args: readonly string[]): ChildProcess {
  return spawn('taskset', ['-c', '0', command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function startOurs(policy: string, port: number): Promise<ChildProcess> {
  const register = join(__dirname, '..', 'scripts', 'typescript-register.cjs');
  const args = ['-r', register, __filename, '--serve', `${policy}:${port}`, '--names', String(nameCount)];
  const child = onFirstCore(process.execPath, args);
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child;
}

async function startNsd(folder: string, port: number): Promise<ChildProcess> {
  const records = Array.from({ length: nameCount }, (_unused, index) =>
    ZONES.map((_zone, place) => `name-${index} 30 IN A 10.${place}.${index >> 8}.${index & 255}`).join('\n'),
  );
  const head =
    '$ORIGIN global.example.\n@ 30 IN SOA ns hostmaster 1 3600 600 86400 5\n@ 30 IN NS ns\nns 30 IN A 127.0.0.1\n';
  writeFileSync(join(folder, 'zone'), `${head}${records.join('\n')}\n`);
  const files = ['pidfile', 'xfrdfile', 'zonelistfile'].map((name) => `  ${name}: "${join(folder, name)}"`).join('\n');
  const options = `  ip-address: 127.0.0.1@${port}\n  server-count: 1\n  username: ""\n  zonesdir: "${folder}"\n  rrl-ratelimit: 0\n`;
  const zone = 'zone:\n  name: "global.example"\n  zonefile: "zone"\n';
  const control = 'remote-control:\n  control-enable: no\n';
  writeFileSync(join(folder, 'nsd.conf'), `server:\n${options}${files}\n  database: ""\n${control}${zone}`);
  const child = onFirstCore(realPart('nsd'), ['-d', '-c', join(folder, 'nsd.conf')]);
  await ask(port, 1, join(folder, 'questions'));
  return child;
}

/** Processor time of a process and its children, in seconds. */
function cpuSeconds(pid: number): number {
  const ticksPerSecond = 100;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const own = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  const threads = readdirSync(`/proc/${pid}/task`);
  const children = threads.flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return own + children.reduce((sum, child) => sum + cpuSeconds(Number(child)), 0);
}

/** Asks for so many seconds. dnsperf waits for a server that is not there yet by losing its questions. */
async function ask(port: number, seconds: number, questions: string): Promise<string> {
  const args = ['-s', '127.0.0.1', '-p', String(port), '-d', questions, '-l', String(seconds), '-c', '4', '-q', '200'];
  const run = promisify(execFile);
  return (await run('taskset', ['-c', '1', realPart('dnsperf'), ...args], { maxBuffer: 1 << 24 })).stdout;
}

function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? Number.NaN);
}

async function measure(
  server: string,
  questions: string,
  child: ChildProcess,
  port: number,
  file: string,
): Promise<Result> {
  await ask(port, 2, file);
  const pid = child.pid ?? 0;
  const before = cpuSeconds(pid);
  const seconds = Number(values.seconds);
  const text = await ask(port, seconds, file);
  const used = cpuSeconds(pid) - before;
  child.kill();
  await once(child, 'exit');
  const completed = numberIn(text, /Queries completed:\s+(\d+)/);
  return {
    ...{ server, questions },
    perSecond: Math.round(numberIn(text, /Queries per second:\s+([\d.]+)/)),
    core: Math.round((used / seconds) * 100) / 100,
    perCoreSecond: Math.round(completed / used),
    lost: numberIn(text, /Queries lost:\s+(\d+)/),
    latencyMs: Math.round(numberIn(text, /Average Latency \(s\):\s+([\d.]+)/) * 1e5) / 100,
  };
}

function print(results: readonly Result[]): void {
  const rows = [
    ['server', 'questions', 'per second', 'of a core', 'per second of a core', 'lost', 'mean ms'],
    ...results.map(({ server, questions, perSecond, core, perCoreSecond, lost, latencyMs }) =>
      [server, questions, perSecond, core, perCoreSecond, lost, latencyMs].map(String),
    ),
  ];
  const widths = rows[0]?.map((_title, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-bench-dns-'));
  const file = join(folder, 'questions');
  writeFileSync(file, Array.from({ length: nameCount }, (_unused, index) => `${nameAt(index)} A`).join('\n'));
  const results: Result[] = [];
  try {
    const nsdPort = await freePort();
    results.push(await measure('nsd', '3 addresses', await startNsd(folder, nsdPort), nsdPort, file));
    for (const policy of POLICIES) {
      const port = await freePort();
      results.push(await measure('flotilla', policy, await startOurs(policy, port), port, file));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  print(results);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ kind: 'DnsBench', results }, undefined, 2)}\n`);
}

const serving = values.serve?.split(':');
void (serving === undefined ? main() : serve(serving[0] as AnswerName['policy'], Number(serving[1])));
