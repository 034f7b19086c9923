import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import {
  type CurrentLookups,
  type Hub,
  hubKinds,
  reviewHubWrite,
  startHub,
  webhookConfiguration,
  webhookConfigurationKind,
  WebhookServer,
} from '../../federation/hub';
import { FIELD_MANAGER, SYSTEM_NAMESPACE } from '../../federation/api';
import { FlotillaError, type Logger, systemClock } from '../../kernel';
import { KubeClient, LeaderElection, parseKubeconfig } from '../../kube';
import { toCustomResourceDefinition } from '../../kube/schema';
import { type ApiServer, startApiServer } from '../../kube/server';
import { createProcessLogger } from '../process-logger';
import { announceReady, untilStopped } from '../until-stopped';

/** Options of `flotilla hub`. */
export interface HubOptions {
  readonly data?: string;
  readonly port?: string;
  readonly writeKubeconfig?: string;
  readonly kubeconfig?: string;
  /** `host:port` under which the API server of `--kubeconfig` reaches this process to have objects checked. */
  readonly webhook?: string;
}

/** Runs the hub until it is told to stop: over its own API server, or over the one of `--kubeconfig`. */
export async function run(options: HubOptions): Promise<void> {
  const logger = createProcessLogger({ process: 'hub' });
  const place: { hub: Hub | undefined } = { hub: undefined };
  const server = options.kubeconfig === undefined ? await startServer(options, place, logger) : undefined;
  const kubeconfig = server?.kubeconfig() ?? (await readFile(options.kubeconfig ?? '', 'utf8'));
  const client = new KubeClient({ ...parseKubeconfig(kubeconfig), cluster: 'hub' });
  place.hub = await startHub({
    client,
    connect: (connection) => new KubeClient(connection),
    clock: systemClock,
    random: Math.random,
    logger,
    ...(server === undefined ? { election: election(client, logger) } : {}),
  });
  const webhook = await startWebhook(options, client, place, logger);
  announceReady({ url: server?.url, webhook: webhook?.url, kubeconfig: options.writeKubeconfig ?? options.kubeconfig });
  await untilStopped();
  await webhook?.close();
  await place.hub.close();
  await client.close();
  await server?.close();
}

async function startServer(
  options: HubOptions,
  place: { readonly hub: Hub | undefined },
  logger: Logger,
): Promise<ApiServer> {
  const { data, port = '0', writeKubeconfig } = options;
  if (data === undefined)
    throw badOption('--data is missing', 'name the folder that keeps the state, or an API server with --kubeconfig');
  const server = await startApiServer({
    dataDir: data,
    port: parsePort(port),
    logger,
    name: 'hub',
    customResourceDefinitions: hubKinds.map(toCustomResourceDefinition),
    reviewer: { review: (request) => reviewHubWrite(request, () => place.hub?.lookups(), systemClock) },
  });
  if (writeKubeconfig !== undefined) await writePrivateFile(writeKubeconfig, server.kubeconfig());
  return server;
}

/** Of several hubs over one API server, one leads; an embedded server lets only one process into its folder anyway. */
function election(client: KubeClient, logger: Logger): LeaderElection {
  return new LeaderElection({
    client,
    namespace: SYSTEM_NAMESPACE,
    name: 'flotilla-hub',
    identity: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    clock: systemClock,
    random: Math.random,
    logger,
  });
}

/** The embedded server asks in process; any other one asks over HTTPS, where it is told to. */
async function startWebhook(
  { webhook: address }: HubOptions,
  client: KubeClient,
  place: { readonly hub: Hub | undefined },
  logger: Logger,
): Promise<WebhookServer | undefined> {
  if (address === undefined) return undefined;
  const lookups: CurrentLookups = () => place.hub?.lookups();
  const server = await WebhookServer.listen({ address, lookups, clock: systemClock, logger });
  const configuration = webhookConfiguration(server.url, server.caPem);
  await client.apply(webhookConfigurationKind, configuration, { fieldManager: FIELD_MANAGER, force: true });
  return server;
}

/** Appears whole, readable for its owner only. */
async function writePrivateFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw badOption(`--port ${text} is no port number`, 'use a number from 0 to 65535');
}

function badOption(message: string, hint: string): FlotillaError {
  return new FlotillaError(`flotilla hub: ${message}`, { code: 'FLO3066', retry: 'after-change', hint });
}
