import { type Clock, FlotillaError, pause, type Stop } from '../../kernel';
import type { ConnectionOptions } from '../connection/connection-options';
import { type Credential, Credentials, type TlsMaterial } from '../connection/credentials';
import type { ClientMetrics } from './client-metrics';
import { Deadline } from './deadline';
import { describeCause } from './describe-cause';
import { createDispatchers, type Dispatchers, type PoolOptions } from './dispatchers';
import { KubeApiError, type RequestSubject } from './kube-api-error';
import { parseFailure } from './parse-status';
import { APPLY_PATCH } from './patch-types';
import { queryString } from './query-string';
import { type RateLimit, RequestGate, type RequestPriority } from './request-gate';
import { retryDelayMs } from './retry-delay';
import type { StreamAnswer } from './stream-answer';

/** One request to an API server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly subject: RequestSubject;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** `normal` unless given. */
  readonly priority?: RequestPriority;
}

/** A successful answer. */
export interface ApiAnswer {
  readonly statusCode: number;
  /** Parsed JSON; undefined when the body is empty. */
  readonly body: unknown;
}

/** An answer whose body is still coming. Whoever holds it must call `close`. */
export interface ApiStream {
  readonly chunks: AsyncIterable<Buffer>;
  /** Called by the reader on every chunk: the stream ends with an error when it is not called again in time. */
  touch(): void;
  /** The error to report for what broke the stream. */
  explain(cause: unknown): FlotillaError;
  close(): void;
}

type AnswerHead = Pick<StreamAnswer, 'statusCode' | 'headers'>;
type AnswerCode = Pick<StreamAnswer, 'statusCode'>;
type Headers = Record<string, string | string[]>;

/** What a transport is made of. */
export interface TransportOptions {
  readonly connection: ConnectionOptions;
  readonly clock: Clock;
  readonly pool: PoolOptions;
  readonly requestTimeoutMs: number;
  readonly userAgent: string;
  readonly rateLimit: RateLimit;
  readonly metrics: ClientMetrics | undefined;
}

/**
 * HTTP to one API server: pooled connections, credentials, deadlines, and the retries that are always safe (a refused
 * request after renewing credentials, 429 as the server asks, a read whose idle connection had died).
 */
export class Transport {
  private readonly credentials: Credentials;
  private readonly origin: string;
  private readonly prefix: string;
  private readonly closing = new AbortController();
  private readonly refused = new WeakMap<KubeApiError, Credential>();
  private readonly gate: RequestGate;
  private dispatchers: Dispatchers | undefined;
  private tls: TlsMaterial | undefined;
  private tlsKey = '';

  constructor(private readonly options: TransportOptions) {
    this.credentials = new Credentials(options.connection, options.clock);
    this.gate = new RequestGate(options.rateLimit, options.pool.connections, options.clock);
    const { origin, pathname } = new URL(options.connection.server);
    this.origin = origin;
    this.prefix = pathname.replace(/\/+$/, '');
  }

  /** @throws KubeApiError, or FlotillaError FLO2021/FLO2022 when there are no credentials. */
  async send(request: ApiRequest): Promise<ApiAnswer> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.sendOnce(request);
      } catch (cause) {
        await this.beforeRetry(request, cause, attempt);
      }
    }
  }

  /**
   * Sends a request whose answer does not end by itself. Rejects unless the server answers 200; from then on
   * the stream ends with an error when nothing came for `inactivityMs`.
   */
  async stream(request: ApiRequest, inactivityMs: number): Promise<ApiStream> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.streamOnce(request, inactivityMs);
      } catch (cause) {
        // A watch that is asked to slow down leaves that to its owner, who has its own back-off.
        if (cause instanceof KubeApiError && cause.statusCode === 429) throw cause;
        await this.beforeRetry(request, cause, attempt);
      }
    }
  }

  /** Ends everything under way with FLO2013. */
  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort(new Error('the client was closed'));
    await this.dropDispatchers();
  }

  private async sendOnce(request: ApiRequest): Promise<ApiAnswer> {
    const deadline = new Deadline(this.options.clock, [this.closing.signal, request.signal]);
    let leave: Stop | undefined;
    try {
      leave = await this.enter(request, deadline);
      return await this.counted(request.method, request, () => this.exchange(request, deadline));
    } catch (cause) {
      throw this.explain(request, deadline, cause);
    } finally {
      leave?.();
      deadline.stop();
    }
  }

  private async exchange(request: ApiRequest, deadline: Deadline): Promise<ApiAnswer> {
    this.armDeadline(request, deadline);
    const { requests, headers, credential } = await this.prepare(request, deadline.signal);
    const answer = await requests.request({
      origin: this.origin,
      path: this.prefix + request.path + queryString(request.query),
      method: request.method,
      headers,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal: deadline.signal,
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw this.noted(failureOf(request.subject, answer, text), credential);
    return { statusCode: answer.statusCode, body: parseBody(request.subject, text) };
  }

  private async streamOnce(request: ApiRequest, inactivityMs: number): Promise<ApiStream> {
    const deadline = new Deadline(this.options.clock, [this.closing.signal, request.signal]);
    try {
      const answer = await this.counted('WATCH', request, () => this.openStream(request, deadline));
      const message = `nothing was heard for ${inactivityMs} ms`;
      const touch = (): void => deadline.arm(inactivityMs, { reason: 'Silent', message });
      touch();
      const close = (): void => {
        deadline.stop();
        answer.close();
      };
      return { chunks: answer.body, touch, explain: (cause) => this.explain(request, deadline, cause), close };
    } catch (cause) {
      deadline.stop();
      throw this.explain(request, deadline, cause);
    }
  }

  private async openStream(request: ApiRequest, deadline: Deadline): Promise<StreamAnswer> {
    this.armDeadline(request, deadline);
    const { watches, headers, credential } = await this.prepare(request, deadline.signal);
    const path = this.prefix + request.path + queryString(request.query);
    const answer = await watches.request({ path, headers, signal: deadline.signal });
    if (answer.statusCode === 200) return answer;
    throw this.noted(failureOf(request.subject, answer, await textOf(answer.body)), credential);
  }

  private armDeadline({ timeoutMs = this.options.requestTimeoutMs }: ApiRequest, deadline: Deadline): void {
    deadline.arm(timeoutMs, { reason: 'Timeout', message: `no answer within ${timeoutMs} ms` });
  }

  /** Waits for the cluster's rate limit; the time for an answer starts only then. */
  private async enter({ priority = 'normal' }: ApiRequest, { signal }: Deadline): Promise<Stop> {
    const { clock, metrics, connection } = this.options;
    const startedMs = clock.nowMs();
    signal.throwIfAborted();
    const leave = await this.gate.enter(priority, signal);
    metrics?.observeWait({ cluster: connection.cluster, waitedMs: clock.nowMs() - startedMs });
    return leave;
  }

  private async counted<A extends AnswerCode>(
    verb: string,
    { subject }: ApiRequest,
    run: () => Promise<A>,
  ): Promise<A> {
    const { clock, metrics } = this.options;
    const startedMs = clock.nowMs();
    const count = (code: number): void =>
      metrics?.observeRequest({ cluster: subject.cluster, verb, code, tookMs: clock.nowMs() - startedMs });
    try {
      const answer = await run();
      count(answer.statusCode);
      return answer;
    } catch (cause) {
      count(cause instanceof KubeApiError ? (cause.statusCode ?? 0) : 0);
      throw cause;
    }
  }

  /** Credentials, and the connections that fit them. */
  private async prepare(
    request: ApiRequest,
    signal: AbortSignal,
  ): Promise<Dispatchers & { headers: Headers; credential: Credential }> {
    signal.throwIfAborted();
    const credential = await this.credentials.current();
    signal.throwIfAborted();
    const headers = {
      accept: request.accept ?? 'application/json',
      'user-agent': this.options.userAgent,
      ...credential.headers,
      ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
    };
    return { ...this.dispatchersFor(credential), headers, credential };
  }

  /** New TLS material needs new connections; what is under way on the old ones may end there. */
  private dispatchersFor({ tls }: Credential): Dispatchers {
    if (this.dispatchers !== undefined && tls === this.tls) return this.dispatchers;
    const key = JSON.stringify(tls);
    this.tls = tls;
    if (this.dispatchers !== undefined && key === this.tlsKey) return this.dispatchers;
    const old = this.dispatchers;
    this.tlsKey = key;
    this.dispatchers = createDispatchers(this.options.connection, tls, this.options.pool, this.options.clock);
    if (old !== undefined) void Promise.allSettled([old.requests.close(), old.watches.retire()]);
    return this.dispatchers;
  }

  private async dropDispatchers(): Promise<void> {
    const old = this.dispatchers;
    this.dispatchers = undefined;
    if (old !== undefined) await Promise.allSettled([old.requests.destroy(), old.watches.destroy()]);
  }

  private async beforeRetry(request: ApiRequest, cause: unknown, attempt: number): Promise<void> {
    if (!(cause instanceof KubeApiError)) throw cause;
    const delayMs = retryDelayMs(cause, isRepeatable(request), attempt);
    if (delayMs === undefined) throw cause;
    if (cause.statusCode === 401 && !this.credentials.invalidate(this.refused.get(cause))) throw cause;
    if (delayMs > 0) await pause(this.options.clock, delayMs, request.signal ?? this.closing.signal);
  }

  /** Remembers which credential a server refused: it is renewed once, however many requests went out with it. */
  private noted(failure: KubeApiError, credential: Credential): KubeApiError {
    if (failure.statusCode === 401) this.refused.set(failure, credential);
    return failure;
  }

  private explain({ subject, signal }: ApiRequest, deadline: Deadline, cause: unknown): FlotillaError {
    if (cause instanceof FlotillaError) return cause;
    if (this.closing.signal.aborted)
      return new KubeApiError({ subject, reason: 'Closed', message: 'the client was closed' });
    if (deadline.expired === undefined && signal?.aborted) {
      return new KubeApiError({ subject, reason: 'Aborted', message: 'the caller gave up' });
    }
    const { reason, message } = deadline.expired ?? { reason: 'Unreachable', message: describeCause(cause) };
    return new KubeApiError({ subject, reason, message, cause });
  }
}

function failureOf(subject: RequestSubject, { statusCode, headers }: AnswerHead, text: string): KubeApiError {
  const retryAfter = headers['retry-after'];
  const wait = typeof retryAfter === 'string' ? { retryAfter } : {};
  return new KubeApiError(parseFailure(subject, { statusCode, text, ...wait }));
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Reads, and server-side applies: sent twice they do the same as once. */
function isRepeatable({ method, contentType }: ApiRequest): boolean {
  return method === 'GET' || contentType === APPLY_PATCH;
}

function parseBody(subject: RequestSubject, text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `the answer is not JSON: ${text.slice(0, 100)}`;
    throw new KubeApiError({ subject, statusCode: 200, reason: 'NotUnderstood', message, cause });
  }
}
