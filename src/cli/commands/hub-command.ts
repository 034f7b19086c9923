import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { collectDefaultMetrics, Registry } from 'prom-client';
import {
  type CurrentLookups,
  type Hub,
  PlanServer,
  startHub,
  webhookConfiguration,
  webhookConfigurationKind,
  WebhookServer,
} from '../../federation/hub';
import { FIELD_MANAGER, SYSTEM_NAMESPACE } from '../../federation/api';
import { FlotillaError, type Logger, systemClock } from '../../kernel';
import { createKubeMetrics, inClusterConnection, KubeClient, LeaderElection } from '../../kube';
import { HealthServer } from '../health-server';
import { type HubServer, startHubServer, writeAdminKubeconfig } from '../hub-server';
import { connectionIn } from '../kubeconfig-files';
import { createProcessLogger } from '../process-logger';
import { announceReady, untilStopped } from '../until-stopped';

/** Options of `flotilla hub`. */
export interface HubOptions {
  readonly data?: string;
  readonly host?: string;
  readonly port?: string;
  readonly writeKubeconfig?: string;
  readonly kubeconfig?: string;
  /** Use the API server of the cluster that this pod runs in. */
  readonly inCluster?: boolean;
  /** `host:port` on which the API server has objects checked. */
  readonly webhook?: string;
  /** Folder of a certificate for it; then others write the webhook configuration. */
  readonly webhookCertificate?: string;
  /** `host:port` of health and metrics. */
  readonly metrics?: string;
  /** `host:port` of the REST API for plans. */
  readonly api?: string;
  /** Folder of a certificate for it; without one it is served on loopback only. */
  readonly apiCertificate?: string;
}

/** What is known of the hub while it starts. */
interface Place {
  hub: Hub | undefined;
}

/** The API server that keeps the hub's objects; `server` when it is the hub's own. */
type ServedHub = Pick<HubServer, 'connection'> & Partial<HubServer>;

/** Runs the hub until it is told to stop: over its own API server, or over another one. */
export async function run(options: HubOptions): Promise<void> {
  const logger = createProcessLogger({ process: 'hub' });
  const registry = new Registry();
  const metrics = createKubeMetrics(registry);
  collectDefaultMetrics({ register: registry });
  const place: Place = { hub: undefined };
  const health = await startHealth(options, registry, place, logger);
  const { connection, server } =
    (await externalServer(options)) ?? (await startOwnServer(options, () => place.hub?.lookups(), logger));
  const client = new KubeClient({ ...connection, cluster: 'hub' }, { metrics });
  place.hub = await startHub({
    client,
    connect: (connection) => client.forCluster(connection),
    ...{ clock: systemClock, random: Math.random, logger, queueMetrics: metrics.queue },
    ...(server === undefined ? { election: election(client, logger) } : {}),
  });
  const webhook = await startWebhook(options, client, place, logger);
  const plans = await startPlans(options, client);
  const { writeKubeconfig, kubeconfig } = options;
  const addresses = { url: server?.url, webhook: webhook?.url, metrics: health?.address, api: plans?.url };
  announceReady({ ...addresses, kubeconfig: writeKubeconfig ?? kubeconfig });
  await untilStopped();
  await plans?.close();
  await webhook?.close();
  await place.hub.close();
  await client.close();
  await server?.close();
  await health?.close();
}

async function startPlans(
  { api: address, apiCertificate: folder }: HubOptions,
  client: KubeClient,
): Promise<PlanServer | undefined> {
  if (address === undefined) return undefined;
  return PlanServer.listen({ address, client, ...(folder === undefined ? {} : { certificateFolder: folder }) });
}

async function startHealth(
  { metrics: address }: HubOptions,
  registry: Registry,
  place: Place,
  logger: Logger,
): Promise<HealthServer | undefined> {
  if (address === undefined) return undefined;
  const notReady = (): string | undefined => (place.hub === undefined ? 'the hub reads its objects' : undefined);
  return HealthServer.listen({ address, registry, notReady, logger });
}

/** undefined: none was named, the hub keeps its objects itself. */
async function externalServer({ kubeconfig, inCluster }: HubOptions): Promise<ServedHub | undefined> {
  if (inCluster === true) return { connection: inClusterConnection('hub') };
  return kubeconfig === undefined ? undefined : { connection: await connectionIn(kubeconfig) };
}

async function startOwnServer(options: HubOptions, lookups: CurrentLookups, logger: Logger): Promise<HubServer> {
  const { data, host = '127.0.0.1', port = '0', writeKubeconfig } = options;
  if (data === undefined)
    throw badOption(
      '--data is missing',
      'name the folder that keeps the state, or an API server with --kubeconfig or --in-cluster',
    );
  const own = await startHubServer({ dataDir: data, host, port: parsePort(port), logger, lookups });
  if (writeKubeconfig !== undefined) await writeAdminKubeconfig(writeKubeconfig, own.connection);
  return own;
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
  { webhook: address, webhookCertificate }: HubOptions,
  client: KubeClient,
  place: Place,
  logger: Logger,
): Promise<WebhookServer | undefined> {
  if (address === undefined) return undefined;
  const lookups: CurrentLookups = () => place.hub?.lookups();
  const certificate = webhookCertificate === undefined ? {} : { certificateFolder: webhookCertificate };
  const server = await WebhookServer.listen({ address, lookups, clock: systemClock, logger, ...certificate });
  if (server.caPem === undefined) return server;
  const configuration = webhookConfiguration(server.url, server.caPem);
  await client.apply(webhookConfigurationKind, configuration, { fieldManager: FIELD_MANAGER, force: true });
  return server;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw badOption(`--port ${text} is no port number`, 'use a number from 0 to 65535');
}

function badOption(message: string, hint: string): FlotillaError {
  return new FlotillaError(`flotilla hub: ${message}`, { code: 'FLO3066', retry: 'after-change', hint });
}
