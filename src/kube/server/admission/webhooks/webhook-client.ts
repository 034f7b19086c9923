import { Agent, request } from 'undici';
import { FlotillaError } from '../../../../kernel';
import type { KubeObject } from '../../../schema';
import type { ObjectStore } from '../../storage';
import type { Webhook } from './webhook-configuration';

/** Where a webhook is reached, and whose certificate it shows. */
interface Place {
  readonly url: string;
  readonly serverName?: string;
}

const MAX_ANSWER_BYTES = 3 * 1024 * 1024;
/** Authorities are replaced now and then; the pool of the longest-known one makes room for a new one. */
const MAX_AGENTS = 100;

interface EndpointSlice extends KubeObject {
  readonly endpoints?: readonly {
    readonly addresses?: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[];
}

interface ServicePorts {
  readonly ports?: readonly { readonly name?: string; readonly port: number }[];
}

/** Calls webhooks over HTTPS. One connection pool for each authority and server name; closed by its owner. */
export class WebhookClient {
  private readonly agents = new Map<string, Agent>();

  constructor(private readonly store: ObjectStore) {}

  /** Posts a review. @throws Error when the webhook cannot be reached in time or answers with an error */
  async call(webhook: Webhook, review: object): Promise<unknown> {
    const { url, serverName } = this.placeOf(webhook);
    const timeoutSeconds = webhook.timeoutSeconds ?? 10;
    const { statusCode, body } = await request(withTimeout(url, timeoutSeconds), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(review),
      dispatcher: this.agentFor(webhook.clientConfig.caBundle, serverName),
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    const text = await body.text();
    if (statusCode !== 200) throw failure(`the webhook answered ${statusCode}`);
    return JSON.parse(text) as unknown;
  }

  /** Ends the calls under way, too. */
  async close(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.destroy()));
  }

  private agentFor(caBundle: string | undefined, serverName: string | undefined): Agent {
    const key = `${caBundle ?? ''} ${serverName ?? ''}`;
    const known = this.agents.get(key);
    if (known !== undefined) return known;
    const ca = caBundle === undefined ? {} : { ca: Buffer.from(caBundle, 'base64').toString('utf8') };
    const name = serverName === undefined ? {} : { servername: serverName };
    const agent = new Agent({ connect: { ...ca, ...name }, maxResponseSize: MAX_ANSWER_BYTES });
    this.agents.set(key, agent);
    if (this.agents.size > MAX_AGENTS) this.dropOldest();
    return agent;
  }

  private dropOldest(): void {
    for (const [key, agent] of this.agents) {
      this.agents.delete(key);
      return void agent.close(); // ends when its last call has
    }
  }

  private placeOf({ clientConfig: { url, service } }: Webhook): Place {
    if (url !== undefined) return { url };
    if (service === undefined) throw failure('clientConfig names neither url nor service');
    const { namespace, name, path = '/', port = 443 } = service;
    return { url: `https://${this.endpointOf(namespace, name, port)}${path}`, serverName: `${name}.${namespace}.svc` };
  }

  /** A ready endpoint of a Service: nothing here routes cluster IPs, so the server goes where they would lead. */
  private endpointOf(namespace: string, name: string, port: number): string {
    const service = this.store.get({ resource: 'services', namespace, name })?.parse();
    if (service === undefined) throw failure(`service "${name}" not found`);
    const wanted = ((service.spec ?? {}) as ServicePorts).ports?.find((candidate) => candidate.port === port);
    const slices = this.store.table('endpointslices.discovery.k8s.io').list({ namespace }).objects;
    for (const slice of slices.filter(({ labels }) => labels['kubernetes.io/service-name'] === name)) {
      const { endpoints = [], ports = [] } = slice.parse() as EndpointSlice;
      const target = ports.find((candidate) => (candidate.name ?? '') === (wanted?.name ?? ''))?.port;
      const address = endpoints.find(({ conditions }) => conditions?.ready !== false)?.addresses?.[0];
      if (target !== undefined && address !== undefined)
        return `${address.includes(':') ? `[${address}]` : address}:${target}`;
    }
    throw failure(`no endpoints available for service "${name}"`);
  }
}

function withTimeout(url: string, timeoutSeconds: number): string {
  const full = new URL(url);
  full.searchParams.set('timeout', `${timeoutSeconds}s`);
  return full.toString();
}

function failure(message: string): FlotillaError {
  return new FlotillaError(message, { code: 'FLO2230', hint: 'look at the webhook and its clientConfig' });
}
