import { hubObjectsOf } from '../../federation';
import { type Finding, FlotillaError, systemClock } from '../../kernel';
import { type KubeObject, apiVersionOfKind, parseObject } from '../../kube/schema';
import {
  buildNameTable,
  ClientZones,
  DnsServer,
  type NameService,
  nameServiceKind,
  resolveNames,
  type ResolvedNames,
} from '../../nameservice';
import { createProcessLogger } from '../process-logger';
import { readObjects } from '../read-objects';
import { announceReady, untilStopped } from '../until-stopped';
import { formatFinding } from './render-command';

/** Options of `flotilla dns`. */
export interface DnsOptions {
  readonly file: readonly string[];
  /** `host:port`; port 0 picks a free one. */
  readonly listen: string;
  /** Zone of clients whose network is not known: everyone, here. */
  readonly clientZone?: string;
  readonly origin: readonly string[];
}

/**
 * Serves the DNS answers of hub objects in files, until it is stopped.
 * @throws FlotillaError FLO7020 when no file or no usable address is given, FLO7021 when no name can be answered
 */
export async function run(options: DnsOptions): Promise<void> {
  if (options.file.length === 0) throw usage('nothing to answer: no file was given', 'name files or folders with -f');
  const address = /^\[?(.*?)\]?:(\d+)$/.exec(options.listen);
  if (!address)
    throw usage(`"${options.listen}" is no address to listen on`, 'write host:port, for example 127.0.0.1:5353');
  const { names, findings } = namesOf((await readObjects(options.file)).map(({ object }) => object));
  for (const finding of findings) process.stderr.write(`${formatFinding(finding)}\n`);
  if (names.length === 0) throw noNames();
  const table = buildNameTable(names, Math.floor(systemClock.nowMs() / 1000), options.origin);
  const server = new DnsServer({
    host: address[1] || '127.0.0.1',
    port: Number(address[2]),
    table: () => table,
    clientZones: new ClientZones([], options.clientZone),
    clock: systemClock,
    logger: createProcessLogger({ process: 'dns' }),
  });
  await server.start();
  announceReady({ dns: `${address[1] || '127.0.0.1'}:${server.port}`, names: names.map(({ fqdn }) => fqdn).join(' ') });
  await untilStopped();
  await server.stop();
}

/** NameServices of some hub objects, resolved; every problem is a finding, the schema's included. */
export function namesOf(objects: readonly KubeObject[]): ResolvedNames {
  const hub = hubObjectsOf(objects);
  const schemaFindings: Finding[] = [];
  const nameServices = objects
    .filter(({ kind, apiVersion }) => kind === nameServiceKind.kind && apiVersion === apiVersionOfKind(nameServiceKind))
    .flatMap((object): readonly NameService[] => {
      const { value, issues } = parseObject(nameServiceKind, object);
      schemaFindings.push(...issues.map(({ path, message }) => schemaFinding(object, path, message)));
      return value === undefined ? [] : [value];
    });
  const resolved = resolveNames({
    nameServices,
    accessPoints: hub.accessPoints,
    memberClusters: hub.clusters,
    meshes: hub.meshes,
  });
  return { names: resolved.names, findings: [...hub.findings, ...schemaFindings, ...resolved.findings] };
}

function schemaFinding({ apiVersion, kind, metadata }: KubeObject, path: string, message: string): Finding {
  return { code: 'FLO7012', severity: 'error', object: { apiVersion, kind, name: metadata.name }, path, message };
}

function usage(message: string, hint: string): FlotillaError {
  return new FlotillaError(message, { code: 'FLO7020', retry: 'after-change', hint });
}

function noNames(): FlotillaError {
  return new FlotillaError('no NameService in the files can be answered', {
    code: 'FLO7021',
    retry: 'after-change',
    hint: 'the findings above say why; `flotilla crds` shows the schema of NameService',
  });
}
