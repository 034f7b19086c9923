import { Agent, request } from 'undici';
import type { KubeObject } from '../../src/kube/schema';

/** Where an API server is and how to prove who one is. */
export interface ContractServer {
  readonly url: string;
  /** PEM. */
  readonly certificateAuthority: string;
  /** Bearer token of a member of system:masters. */
  readonly token: string;
  /** The real server, whose answers are the ones written down. */
  readonly reference?: boolean;
  close(): Promise<void>;
}

/** What goes into a request beside method and path. */
export interface Sent {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** Another token than the admin's; empty for none. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer as it came over the wire; `json` is its body, an empty object when that is no JSON. */
export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: Body;
}

/** The parts of answers that tests read. */
export interface Body extends KubeObject {
  readonly items?: readonly KubeObject[];
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly causes?: readonly { readonly reason: string; readonly field?: string; readonly message: string }[];
    readonly [field: string]: unknown;
  };
  readonly status: Record<string, unknown> & string;
  readonly spec: Record<string, unknown>;
  readonly data?: Record<string, string>;
}

/** One event of a watch. */
export interface WatchLine {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: Body;
}

/** Speaks to an API server by plain HTTP, so that tests see what any client would see. */
export class WireClient {
  private readonly agent: Agent;
  private readonly stopping = new AbortController();

  constructor(readonly server: ContractServer) {
    this.agent = new Agent({ connect: { ca: server.certificateAuthority }, bodyTimeout: 0 });
  }

  async send(
    method: string,
    path: string,
    { body, contentType, accept, token, headers }: Sent = {},
  ): Promise<Received> {
    const bearer = token ?? this.server.token;
    const answer = await request(this.server.url + path, {
      method: method as 'GET',
      dispatcher: this.agent,
      headers: {
        ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
        accept: accept ?? 'application/json',
        'user-agent': 'contract/1',
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text, json: parse(text) };
  }

  get(path: string, sent?: Sent): Promise<Received> {
    return this.send('GET', path, sent);
  }

  post(path: string, body: unknown, sent: Sent = {}): Promise<Received> {
    return this.send('POST', path, { ...sent, body });
  }

  put(path: string, body: unknown, sent: Sent = {}): Promise<Received> {
    return this.send('PUT', path, { ...sent, body });
  }

  delete(path: string, body?: unknown): Promise<Received> {
    return this.send('DELETE', path, body === undefined ? {} : { body });
  }

  /** `merge`, `json`, `strategic` or `apply`. */
  patch(path: string, type: keyof typeof PATCH_TYPES, body: unknown): Promise<Received> {
    return this.send('PATCH', path, { body, contentType: PATCH_TYPES[type] });
  }

  apply(path: string, manager: string, body: unknown, query = ''): Promise<Received> {
    return this.patch(`${path}?fieldManager=${manager}${query}`, 'apply', body);
  }

  /** Opens a watch; its lines come one by one until the server ends it or the test calls `return`. */
  async *watch(path: string, accept = 'application/json'): AsyncGenerator<WatchLine> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.stopping.signal]);
    const headers = { authorization: `Bearer ${this.server.token}`, accept };
    const separator = path.includes('?') ? '&' : '?';
    const { body } = await request(`${this.server.url}${path}${separator}watch=1`, {
      dispatcher: this.agent,
      headers,
      signal,
    });
    let rest = '';
    try {
      for await (const chunk of body) {
        const lines = (rest + (chunk as Buffer).toString()).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) yield JSON.parse(line) as WatchLine;
      }
    } finally {
      stop.abort();
    }
  }

  /** The next events of a watch, bookmarks left out unless asked for. */
  async take(watch: AsyncGenerator<WatchLine>, count: number, bookmarks = false): Promise<WatchLine[]> {
    const events: WatchLine[] = [];
    while (events.length < count) {
      const { done, value } = await watch.next();
      if (done === true) break;
      if (bookmarks || value.type !== 'BOOKMARK') events.push(value);
    }
    return events;
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.agent.destroy();
  }
}

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

function parse(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return {} as Body;
  }
}
