import { get } from 'node:http';
import type { SimulatedPod } from './simulated-pod';

const TIMEOUT_MS = 500;

/** Runs the HTTP readiness probe of a pod's first container that has one; a pod without is ready. */
export async function probeReady({ spec }: SimulatedPod, address: string): Promise<boolean> {
  const probe = spec?.containers.map(({ readinessProbe }) => readinessProbe?.httpGet).find((get) => get !== undefined);
  return probe === undefined || answersHttp(address, probe.port, probe.path ?? '/');
}

/** Whether `GET http://address:port/path` answers with a status below 400 within half a second. */
export function answersHttp(address: string, port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: address, port, path, agent: false, timeout: TIMEOUT_MS }, (response) => {
      response.resume();
      resolve((response.statusCode ?? 500) < 400);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
    request.once('close', () => resolve(false));
  });
}
