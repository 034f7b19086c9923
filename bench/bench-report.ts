import { cpus } from 'node:os';

/** What a bench found: a line as each number comes, a table at the end, and the same as one line of JSON. */
export class BenchReport {
  private readonly rows: { readonly case: string; readonly measure: string; readonly value: number }[] = [];

  constructor(private readonly bench: string) {}

  /** Numbers of one case, by what they measure, with the unit in the name. */
  add(name: string, numbers: Readonly<Record<string, number>>): void {
    for (const [measure, value] of Object.entries(numbers)) this.rows.push({ case: name, measure, value });
    const cells = Object.entries(numbers).map(([measure, value]) => `${measure} ${textOf(value)}`);
    console.error(`${name}: ${cells.join(' · ')}`);
  }

  /** How two cases compare in one measure, as `times` of the second. */
  compare(measure: string, name: string, baseline: string): void {
    const [value, base] = [name, baseline].map(
      (wanted) => this.rows.find((row) => row.case === wanted && row.measure === measure)?.value,
    );
    if (value === undefined || base === undefined) return;
    this.add(`${name} ÷ ${baseline}`, { [measure]: value / base });
  }

  /** Prints the table, then the JSON. */
  print(): void {
    const cases = [...new Set(this.rows.map((row) => row.case))];
    for (const name of cases) {
      const own = this.rows.filter((row) => row.case === name);
      console.log(`\n${name}`);
      for (const { measure, value } of own) console.log(`  ${measure.padEnd(44)} ${textOf(value).padStart(12)}`);
    }
    const machine = { node: process.version, cpus: cpus().length };
    console.log(`\n${JSON.stringify({ bench: this.bench, ...machine, rows: this.rows })}`);
  }
}

function textOf(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toPrecision(3);
}
