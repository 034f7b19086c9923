import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The real parts that scripts/real-parts.mjs installs. */
export type RealPart = 'kubeApiServer' | 'istioCrds' | 'envoy' | 'grpcPython' | 'dig' | 'nsd' | 'dnsperf';

const file = join(__dirname, '..', '..', '.cache', 'real', 'parts.json');

/** Path of a real part. Throws with the installer's own words when the machine lacks it: a missing part fails the test. */
export function realPart(name: RealPart): string {
  if (!existsSync(file)) throw new Error('no real parts yet: run `npm run test:real`, which installs them first');
  const { parts, missing } = JSON.parse(readFileSync(file, 'utf8')) as Record<
    'parts' | 'missing',
    Record<string, string>
  >;
  const path = parts[name];
  if (path === undefined) throw new Error(`${name} is missing: ${missing[name] ?? 'it was never installed'}`);
  return path;
}
