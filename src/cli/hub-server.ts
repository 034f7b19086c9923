import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CurrentLookups, hubKinds, reviewHubWrite } from '../federation/hub';
import { type Logger, systemClock } from '../kernel';
import { type ConnectionOptions, parseKubeconfig, writeKubeconfig } from '../kube';
import { toCustomResourceDefinition } from '../kube/schema';
import { type ApiServer, startApiServer } from '../kube/server';

/** How the hub's own API server is run. */
export interface HubServerOptions {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly logger: Logger;
  /** What admission looks things up in. */
  readonly lookups: CurrentLookups;
}

/** The hub's own API server, and how an admin of this machine reaches it. */
export interface HubServer {
  readonly server: ApiServer;
  readonly connection: ConnectionOptions;
}

const ANY_ADDRESS = /^(0\.0\.0\.0|::)$/;

/** Starts the embedded API server with the hub's kinds and its admission in process. */
export async function startHubServer({ dataDir, host, port, logger, lookups }: HubServerOptions): Promise<HubServer> {
  const server = await startApiServer({
    ...{ dataDir, host, port, logger, name: 'hub' },
    customResourceDefinitions: hubKinds.map(toCustomResourceDefinition),
    reviewer: { review: (request) => reviewHubWrite(request, lookups, systemClock) },
  });
  const connection = parseKubeconfig(server.kubeconfig());
  if (!ANY_ADDRESS.test(host)) return { server, connection };
  // Who listens everywhere is reached here by loopback, which is in the server's certificate.
  return { server, connection: { ...connection, server: `https://127.0.0.1:${new URL(server.url).port}` } };
}

/** Writes an admin's kubeconfig. Appears whole, readable for its owner only. */
export async function writeAdminKubeconfig(path: string, connection: ConnectionOptions): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, writeKubeconfig(connection), { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}
