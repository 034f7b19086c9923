/**
 * What `flotilla up` costs: start-up to the first correct request of each zone, and the memory of each process then and after
 * the proof load. With Envoy when there is one (ENVOY_PATH, PATH, or the cache folder):
 *
 *   node -r ./scripts/typescript-register.cjs bench/up-start.ts [--zones 3] [--requests 10000] [--runs 1]
 *
 * It runs the built command line (dist/), as users do.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  cacheFolder,
  DemoFleet,
  type FleetZone,
  findEnvoy,
  measurableKinds,
  measureSplits,
  untilConverged,
  untilServing,
} from '../src/demo';

const { values } = parseArgs({
  options: {
    zones: { type: 'string', default: '3' },
    requests: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '1' },
  },
});

/** Milliseconds from the start of the fleet. */
type Marks = Map<string, number>;

async function firstAnswer(fleet: DemoFleet, zone: FleetZone): Promise<void> {
  for (;;) {
    const { answers } = await fleet.clientOf(zone).load({ kind: 'grpc', requests: 1, concurrency: 1 });
    if (answers[zone.name] === 1) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Resident memory in MB, of all of the process or only of what it shares with no other. */
function memoryOf(pid: number): { readonly residentMb: number; readonly ownMb: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const ownKb = kilobytes('Private_Dirty') + kilobytes('Private_Clean');
  return { residentMb: Math.round(kilobytes('Rss') / 1024), ownMb: Math.round(ownKb / 1024) };
}

function memoryTable(fleet: DemoFleet): ReadonlyMap<string, { readonly residentMb: number; readonly ownMb: number }> {
  const running = fleet.supervisor.list().flatMap(({ id, state }) => (state.kind === 'ready' ? [{ id, state }] : []));
  return new Map(running.map(({ id, state }) => [id, memoryOf(state.pid)]));
}

async function run(): Promise<void> {
  const envoy = findEnvoy(process.env, cacheFolder());
  const startedMs = Date.now();
  const marks: Marks = new Map();
  const mark = (name: string): void => void marks.set(name, Date.now() - startedMs);
  const fleet = await DemoFleet.create({
    zoneCount: Number(values.zones),
    dataFolder: mkdtempSync(join(tmpdir(), 'flotilla-bench-')),
    ...(envoy === undefined ? {} : { envoy }),
    onChange: (id, state) => state.kind === 'ready' && mark(`ready: ${id}`),
  });
  try {
    await fleet.start();
    mark('all processes ready');
    await Promise.all(fleet.plan.zones.map((zone) => firstAnswer(fleet, zone)));
    mark('first correct answer in every zone');
    const intent = await untilConverged(fleet, 60_000);
    mark('converged: every condition of the access point holds');
    for (const kind of measurableKinds(fleet)) await untilServing(fleet, intent, kind, 60_000);
    mark('split right from every zone by every client');
    const before = memoryTable(fleet);
    for (const kind of measurableKinds(fleet)) {
      const loadStartedMs = Date.now();
      await measureSplits(fleet, intent, kind, Number(values.requests));
      const seconds = (Date.now() - loadStartedMs) / 1000;
      const total = Number(values.requests) * fleet.plan.zones.length;
      console.log(`${kind}: ${total} requests in ${seconds.toFixed(1)} s, ${Math.round(total / seconds)} a second`);
    }
    print(marks, before, memoryTable(fleet));
  } finally {
    const stopMs = Date.now();
    await fleet.stop();
    console.log(`stopped in ${Date.now() - stopMs} ms`);
    fleet.removeData();
  }
}

function print(marks: Marks, before: ReturnType<typeof memoryTable>, after: ReturnType<typeof memoryTable>): void {
  for (const [name, ms] of [...marks].sort(([, left], [, right]) => left - right)) console.log(`${ms} ms  ${name}`);
  console.log('memory in MB: resident / own, then after the load');
  for (const [id, { residentMb, ownMb }] of before) {
    const later = after.get(id);
    console.log(`${id.padEnd(28)} ${residentMb} / ${ownMb}   ${later?.residentMb} / ${later?.ownMb}`);
  }
  const sum = [...after.values()].reduce((total, { ownMb }) => total + ownMb, 0);
  console.log(`own memory of all processes after the load: ${sum} MB`);
}

async function main(): Promise<void> {
  for (let index = 0; index < Number(values.runs); index += 1) await run();
}

void main();
