import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Finding } from '../../kernel';
import { parseSource } from './source-object';
import { validateSources } from './validate-sources';

const folder = join(__dirname, 'testdata');
const nowMs = Date.UTC(2026, 0, 1);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.in.yaml'))
  .map((file) => file.slice(0, -'.in.yaml'.length));

function findingsOf(name: string): Finding[] {
  const { objects, findings } = parseSource('fleet.yaml', readFileSync(join(folder, `${name}.in.yaml`), 'utf8'));
  return [...findings, ...validateSources(objects, nowMs)];
}

function told({ code, severity, object, line, path, message }: Finding): Record<string, unknown> {
  return { code, severity, object: `${object?.kind} ${object?.name}`, line, path, message };
}

describe('what validation says', () => {
  it.each(names)('%s', (name) => {
    const file = join(folder, `${name}.out.yaml`);
    const text = stringify(findingsOf(name).map(told), { lineWidth: 0 });
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });

  it.each(['FLO8506', 'FLO8517', 'FLO8535'])('%s is told of an access point, and of Istio objects alone', (code) => {
    const kinds = names.flatMap((name) =>
      findingsOf(name).flatMap((finding) => (finding.code === code ? [finding.object?.kind === 'AccessPoint'] : [])),
    );
    expect(new Set(kinds)).toEqual(new Set([true, false]));
  });
});
