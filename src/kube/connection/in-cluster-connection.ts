import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FlotillaError } from '../../kernel';
import type { ConnectionOptions } from './connection-options';

const ACCOUNT_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What a pod knows of its own cluster; tests give their own. */
export interface PodSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly accountDirectory: string;
}

/**
 * The connection of a pod to its own API server: address from the environment, token and CA from the mounted service
 * account (https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/).
 * @throws FlotillaError FLO2023 when this is no pod, or its service account is not mounted.
 */
export function inClusterConnection(
  cluster = 'in-cluster',
  { env, accountDirectory }: PodSurroundings = { env: process.env, accountDirectory: ACCOUNT_DIRECTORY },
): ConnectionOptions {
  const host = env.KUBERNETES_SERVICE_HOST;
  const port = env.KUBERNETES_SERVICE_PORT;
  const tokenFile = join(accountDirectory, 'token');
  if (!host || !port || !existsSync(tokenFile)) {
    throw new FlotillaError('connecting to the API server of this pod failed: this is no pod with a service account', {
      code: 'FLO2023',
      retry: 'never',
      hint: 'give a kubeconfig, or set automountServiceAccountToken: true on the pod',
    });
  }
  const address = host.includes(':') ? `[${host}]` : host;
  return { cluster, server: `https://${address}:${port}`, tokenFile, caFile: join(accountDirectory, 'ca.crt') };
}
