import { request as httpRequest } from 'node:http';
import { FlotillaError } from '../../kernel';
import { wellKnownPorts } from '../plan/fleet-plan';
import type { LoadOrder, TrafficOrder } from './control-server';
import type { LoadKind } from './load-client';
import type { LoadResult } from './run-load';

/** Tells the demo client process of a zone what to send. */
export class ControlClient {
  /** @param address the client's own loopback address */
  constructor(private readonly address: string) {}

  /** Runs one load to its end. @throws FlotillaError FLO6009 when the client process cannot be asked, or refuses. */
  async load(order: LoadOrder): Promise<LoadResult> {
    return (await this.call('POST', '/load', order)) as LoadResult;
  }

  /** Replaces the steady traffic. @throws FlotillaError FLO6009. */
  async setTraffic(order: TrafficOrder): Promise<void> {
    await this.call('POST', '/traffic', order);
  }

  /** What the steady traffic brought back in the last 30 s, by kind. @throws FlotillaError FLO6009. */
  async traffic(): Promise<Partial<Record<LoadKind, LoadResult>>> {
    return (await this.call('GET', '/traffic')) as Partial<Record<LoadKind, LoadResult>>;
  }

  private call(method: string, path: string, body?: unknown): Promise<unknown> {
    const where = `${this.address}:${wellKnownPorts.clientControl}`;
    const failure = (why: string): FlotillaError =>
      new FlotillaError(`asking the demo client at ${where} for ${method} ${path} failed: ${why}`, { code: 'FLO6009' });
    return new Promise((resolve, reject) => {
      const options = { host: this.address, port: wellKnownPorts.clientControl, method, path, agent: false };
      const request = httpRequest(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('error', (cause) => reject(failure(cause.message)));
        response.once('end', () => {
          if (response.statusCode === 200) resolve(JSON.parse(text));
          else reject(failure(text));
        });
      });
      request.once('error', (cause) => reject(failure(cause.message)));
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
