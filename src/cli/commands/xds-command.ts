import { stringify } from 'yaml';
import { FlotillaError } from '../../kernel';
import type { ProxyNode } from '../../pilot/model';
import { offlineXds, type OfflineResources } from '../offline-xds';
import { isProxyDocument, nodeLocality, nodeOfDocument } from '../proxy-document';
import { readObjects } from '../read-objects';
import { formatFinding } from './render-command';

/** Options of `flotilla xds`. */
export interface XdsOptions {
  readonly file: readonly string[];
  readonly node?: string;
  readonly metadata?: string;
  readonly locality?: string;
  readonly type?: string;
  readonly output?: string;
}

/**
 * Prints what a proxy would get for the objects of some files, as proto3 JSON by xDS type. What is wrong with the input, and
 * kinds that discovery does not read, go to stderr.
 * @throws FlotillaError FLO4023 without files or node, FLO4024 for metadata that is no JSON object, FLO4025 for an unknown
 *   format, FLO4026 when an object could not be read, and those of `offlineXds`
 */
export async function run(options: XdsOptions): Promise<void> {
  const { file, type, output = 'yaml' } = options;
  if (file.length === 0) throw missing('no file was given', 'name files or folders with -f');
  const described: Readonly<Record<string, unknown>>[] = [];
  const objects = await readObjects(file, (document) => isProxyDocument(document) && described.push(document) > 0);
  const client = nodeOf(options, described[0]);
  const { resources, notes, findings } = offlineXds(
    objects.map(({ object }) => object),
    client,
    type,
  );
  process.stdout.write(formatResources(resources, output));
  for (const note of notes) process.stderr.write(`note: ${note}\n`);
  for (const finding of findings) process.stderr.write(`${formatFinding(finding)}\n`);
  if (findings.some(({ severity }) => severity === 'error')) {
    throw new FlotillaError('some objects could not be read and were left out', {
      code: 'FLO4026',
      retry: 'after-change',
    });
  }
}

/** YAML or JSON of the resources. @throws FlotillaError FLO4025 for any other format */
export function formatResources(resources: OfflineResources, format: string): string {
  if (format === 'json') return `${JSON.stringify(resources, undefined, 2)}\n`;
  // Through JSON, because fields that are not set stand as undefined, which JSON leaves out and YAML does not.
  if (format === 'yaml') {
    return stringify(JSON.parse(JSON.stringify(resources)), { lineWidth: 0, aliasDuplicateObjects: false });
  }
  throw new FlotillaError(`unknown output format "${format}"`, {
    code: 'FLO4025',
    retry: 'after-change',
    hint: 'write yaml or json',
  });
}

function nodeOf(
  { node, metadata, locality }: XdsOptions,
  document: Readonly<Record<string, unknown>> | undefined,
): ProxyNode {
  if (node === undefined && document === undefined) {
    throw missing('no proxy was named', 'give its node id with --node type~ip~name.namespace~domain');
  }
  const described = node === undefined && document ? nodeOfDocument(document) : { id: node ?? '' };
  return {
    ...described,
    ...(metadata === undefined ? {} : { metadata: parseMetadata(metadata) }),
    ...(locality === undefined ? {} : { locality: nodeLocality(locality) }),
  };
}

function parseMetadata(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    throw badMetadata(cause);
  }
  throw badMetadata(undefined);
}

function badMetadata(cause: unknown): FlotillaError {
  return new FlotillaError('the node metadata is not a JSON object', {
    code: 'FLO4024',
    retry: 'after-change',
    hint: 'for example --metadata \'{"LABELS": {"istio": "ingressgateway"}, "CLUSTER_ID": "east-1"}\'',
    cause,
  });
}

function missing(what: string, hint: string): FlotillaError {
  return new FlotillaError(`nothing to translate: ${what}`, { code: 'FLO4023', retry: 'after-change', hint });
}
