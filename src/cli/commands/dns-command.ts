import { hubObjectsOf } from '../../federation';
import { type Finding, FlotillaError, systemClock } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import {
  type AnswerName,
  buildNameTable,
  type ClientNetwork,
  ClientZones,
  DnsServer,
  geographyOf,
  nameFindings,
  ownedNames,
  resolveNames,
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
  const objects = (await readObjects(options.file)).map(({ object }) => object);
  const { names, networks, findings } = namesOf(objects, systemClock.nowMs());
  for (const finding of findings) process.stderr.write(`${formatFinding(finding)}\n`);
  if (names.length === 0) throw noNames();
  const table = buildNameTable(names, Math.floor(systemClock.nowMs() / 1000), options.origin);
  const clientZones = new ClientZones(networks, options.clientZone);
  const server = new DnsServer({
    host: address[1] || '127.0.0.1',
    port: Number(address[2]),
    table: () => table,
    clientZones: () => clientZones,
    clock: systemClock,
    logger: createProcessLogger({ process: 'dns' }),
  });
  await server.start();
  announceReady({ dns: `${address[1] || '127.0.0.1'}:${server.port}`, names: names.map(({ fqdn }) => fqdn).join(' ') });
  await untilStopped();
  await server.stop();
}

/** What some hub objects answer. */
interface FileNames {
  readonly names: readonly AnswerName[];
  readonly networks: readonly ClientNetwork[];
  readonly findings: readonly Finding[];
}

/** NameServices of some hub objects, resolved; every problem is a finding, the schema's included. */
function namesOf(objects: readonly KubeObject[], nowMs: number): FileNames {
  const { accessPoints, clusters, meshes, nameServices, findings } = hubObjectsOf(objects);
  const lookups = { accessPoints, clusters, meshes, owned: ownedNames(nameServices) };
  const judged = nameServices.map((service) => ({ service, findings: nameFindings(service, lookups) }));
  const good = judged.filter((one) => !one.findings.some(({ severity }) => severity === 'error'));
  const sources = { accessPoints, memberClusters: clusters, meshes, nowMs };
  const networks = Object.entries(geographyOf(clusters).networks).flatMap(([zone, cidrs]) =>
    cidrs.map((cidr) => ({ cidr, zone })),
  );
  return {
    names: resolveNames({ ...sources, nameServices: good.map(({ service }) => service) }),
    networks,
    findings: [...findings, ...judged.flatMap((one) => one.findings)],
  };
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
