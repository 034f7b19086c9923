import { stringify } from 'yaml';
import { annotations, type Manifest, memberClusterKind } from '../../federation/api';
import { renderOffline } from '../../federation';
import { type Finding, FlotillaError, systemClock } from '../../kernel';
import { type FileObject, readObjects } from '../read-objects';

/** Options of `flotilla render`. */
export interface RenderOptions {
  readonly file: readonly string[];
  readonly cluster?: string;
  readonly output?: string;
}

/**
 * Prints the manifests that hub objects become, each annotated with its cluster; findings go to stderr.
 * @throws FlotillaError FLO3063 when no file is given, FLO3064 for an unknown format, FLO3065 when a finding is an error, FLO3068 when there is no
 *   such cluster
 */
export async function run({ file, cluster, output = 'yaml' }: RenderOptions): Promise<void> {
  if (file.length === 0) {
    throw new FlotillaError('nothing to render: no file was given', {
      code: 'FLO3063',
      hint: 'name files or folders with -f',
    });
  }
  const objects = await readObjects(file);
  const { manifests, findings } = renderOffline(
    objects.map(({ object }) => object),
    systemClock.nowMs(),
  );
  const wanted = manifests.filter((manifest) => cluster === undefined || clusterOf(manifest) === cluster);
  process.stdout.write(formatManifests(wanted, output));
  for (const finding of findings) process.stderr.write(`${formatFinding(finding)}\n`);
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  if (errors > 0) throw hasErrors(errors);
  if (wanted.length > 0) return;
  if (cluster !== undefined) checkCluster(cluster, objects);
  process.stderr.write(`note: the files place nothing${cluster === undefined ? '' : ` in cluster ${cluster}`}\n`);
}

function clusterOf(manifest: Manifest): string | undefined {
  return manifest.metadata.annotations?.[annotations.cluster];
}

function hasErrors(count: number): FlotillaError {
  const findings = count === 1 ? 'one finding is an error' : `${count} findings are errors`;
  return new FlotillaError(`${findings}; an object that is not valid renders nothing`, {
    code: 'FLO3065',
    retry: 'after-change',
    hint: 'correct what the findings name; `flotilla explain CODE` tells more',
  });
}

/** A cluster that gets nothing is no error; one that is not there is. */
function checkCluster(cluster: string, objects: readonly FileObject[]): void {
  const clusters = objects.flatMap(({ object: { kind, metadata } }) =>
    kind === memberClusterKind.kind ? [metadata.name] : [],
  );
  if (clusters.includes(cluster)) return;
  throw new FlotillaError(`the files have no MemberCluster "${cluster}"`, {
    code: 'FLO3068',
    retry: 'after-change',
    hint: clusters.length === 0 ? 'give the file of the fleet with -f, too' : `write one of ${clusters.join(', ')}`,
  });
}

/** YAML 1.1, because kubectl reads it so: there `yes` is a boolean and has to be quoted as a text. */
const yamlOptions = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;

/** A YAML stream or a JSON List. @throws FlotillaError FLO3064 for an unknown format */
export function formatManifests(manifests: readonly Manifest[], format: string): string {
  if (format === 'json')
    return `${JSON.stringify({ kind: 'List', apiVersion: 'v1', items: manifests }, undefined, 2)}\n`;
  if (format === 'yaml') return manifests.map((manifest) => stringify(manifest, yamlOptions)).join('---\n');
  throw new FlotillaError(`unknown output format "${format}"`, {
    code: 'FLO3064',
    retry: 'after-change',
    hint: 'write yaml or json',
  });
}

/** One line of a finding for people. */
export function formatFinding({ severity, code, object, path, message, hint }: Finding): string {
  const name =
    object === undefined
      ? ''
      : `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}: `;
  const where = path === undefined ? '' : `${path}: `;
  return `${severity} ${code} ${name}${where}${message}${hint === undefined ? '' : ` (${hint})`}`;
}
