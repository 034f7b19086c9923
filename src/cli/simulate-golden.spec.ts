import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { parseScenario, type ScenarioOptions, simulate, type Simulation } from '../simulate';
import { formatSimulation } from './format-simulation';
import { type Edit, edited, planFleet } from './testing/edited-fleet';

const folder = join(__dirname, 'testdata', 'simulate');
const nowMs = Date.UTC(2026, 0, 1, 12);

function simulated(name: string): Simulation {
  const { options, change = [] } = parse(readFileSync(join(folder, `${name}.in.yaml`), 'utf8')) as {
    options: ScenarioOptions;
    change?: readonly Edit[];
  };
  return simulate({ objects: edited(planFleet(), change), scenario: parseScenario(options), nowMs });
}

function check(file: string, text: string): void {
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

function sums({ hosts }: Simulation): readonly (readonly [number, number])[] {
  return hosts.flatMap(({ shares, failing }) =>
    Object.entries(shares).map(([zone, row]) => {
      const served = Object.values(row).reduce((sum, part) => sum + part, 0);
      return [served, failing[zone] ?? 0] as const;
    }),
  );
}

const names = readdirSync(folder)
  .filter((file) => file.endsWith('.in.yaml'))
  .map((file) => file.slice(0, -'.in.yaml'.length));

describe('what a simulation says', () => {
  it.each(names)('%s', (name) => {
    const simulation = simulated(name);
    expect(simulation.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    check(join(folder, `${name}.out.txt`), formatSimulation(simulation));
    check(join(folder, `${name}.out.json`), `${JSON.stringify(simulation, undefined, 2)}\n`);
  });

  it('gives every client zone that lives shares that sum to 1, whatever happens to the fleet (property)', () => {
    const zones = ['east/east-1', 'east/east-2', 'west/west-1'];
    const some = fc.subarray(zones);
    const percents = some.chain((chosen) =>
      fc
        .array(fc.integer({ min: 1, max: 100 }), { minLength: chosen.length, maxLength: chosen.length })
        .map((numbers) => chosen.map((zone, index) => `${zone}=${numbers[index]}`)),
    );
    const options = fc.record({
      lose: some,
      drain: some,
      unhealthy: percents,
      noLocality: some,
      primary: fc.constantFrom('flotilla', 'istiod'),
    });
    fc.assert(
      fc.property(options, (chosen) => {
        const simulation = simulate({ objects: planFleet(), scenario: parseScenario(chosen), nowMs });
        const alive = zones.filter((zone) => !chosen.lose.includes(zone));
        for (const { shares } of simulation.hosts) {
          expect(Object.keys(shares).every((zone) => alive.includes(zone))).toBe(true);
        }
        for (const [served, failing] of sums(simulation)) {
          if (failing === 0) expect(served).toBeCloseTo(1, 4);
          else expect(served).toBeLessThanOrEqual(1.00001);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('refuses options that make no sense, by name', () => {
    expect(() => parseScenario({ lose: ['east'] })).toThrow(/zone "east"/);
    expect(() => parseScenario({ unhealthy: ['east/east-1=0'] })).toThrow(/--unhealthy east\/east-1=0/);
    expect(() => parseScenario({ unhealthy: ['east/east-1'] })).toThrow(/--unhealthy/);
    expect(() => parseScenario({ primary: 'linkerd' })).toThrow(/--primary linkerd/);
  });
});
