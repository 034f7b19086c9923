import { createServer, type IncomingMessage } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type ServerHttp2Session } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ConnectionOptions } from '../connection/connection-options';
import { apiVersionOf, collectionPath, type KubeObject, type ResourceKind } from '../schema';
import type { FaultScript, SeenRequest } from './fault';
import { ScriptedApply } from './scripted-apply';
import { ScriptedStore } from './scripted-store';
import { type ScriptedResponse, ScriptedWatch } from './scripted-watch';

interface Target {
  readonly kind: ResourceKind;
  readonly collection: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** TLS of the server: its certificate, and who may sign client certificates. PEM. */
export interface ScriptedTls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  /** Whether ALPN offers HTTP/2. */
  readonly http2: boolean;
  readonly maxConcurrentStreams?: number;
}

/**
 * An API server for tests of the client layer: a few kinds in memory, list with pages, watch with initial events and
 * bookmarks, writes, and a small server-side apply. A fault script decides what goes wrong. It validates nothing; the
 * embedded server is the real one.
 */
export class ScriptedApiServer {
  readonly store = new ScriptedStore();
  readonly applies = new ScriptedApply();
  readonly requests: SeenRequest[] = [];
  /** Connections accepted so far. */
  connections = 0;
  faults: FaultScript = () => undefined;
  /** Whether sendInitialEvents is known; otherwise it is refused as an API server without the feature does. */
  offersWatchList: 'yes' | 'refused' | 'ignored' = 'yes';
  private readonly watches = new Set<ScriptedWatch>();
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private readonly sessions = new Set<ServerHttp2Session>();

  private constructor(
    private readonly kinds: readonly ResourceKind[],
    private readonly tls: ScriptedTls | undefined,
  ) {
    const listener = (request: ScriptedRequest, response: ScriptedResponse): void => {
      this.handle(request, response).catch((cause: unknown) =>
        answer(response, 500, status(500, 'InternalError', String(cause))),
      );
    };
    this.server = createListener(tls, listener, this.sessions);
    this.server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  static async start(kinds: readonly ResourceKind[], tls?: ScriptedTls): Promise<ScriptedApiServer> {
    const server = new ScriptedApiServer(kinds, tls);
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get connection(): ConnectionOptions {
    const scheme = this.tls === undefined ? 'http' : 'https';
    return { cluster: 'east-1', server: `${scheme}://127.0.0.1:${this.port}` };
  }

  get openConnections(): number {
    return this.sockets.size;
  }

  get openWatches(): number {
    return this.watches.size;
  }

  /** Creates or updates, as any client would. */
  put(kind: ResourceKind, object: KubeObject): KubeObject {
    return this.store.put(collectionPath(kind), object);
  }

  remove(kind: ResourceKind, name: string, namespace?: string): boolean {
    return this.store.remove(collectionPath(kind), namespace, name);
  }

  list(kind: ResourceKind): readonly KubeObject[] {
    return this.store.list(collectionPath(kind));
  }

  bookmarkAll(): void {
    for (const watch of this.watches) watch.bookmark();
  }

  /** Sends GOAWAY on every HTTP/2 connection: what is open goes on, what is new belongs elsewhere. */
  goAway(): void {
    for (const session of this.sessions) session.goaway(0);
  }

  /** Cuts every connection, as a restart does. */
  cutConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cutConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: ScriptedRequest, response: ScriptedResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://server');
    const query = Object.fromEntries(url.searchParams);
    const target = this.targetOf(url.pathname);
    const method = request.method ?? 'GET';
    const { headers } = request;
    const seen = { verb: verbOf(method, target, query), method, path: url.pathname, query, headers, ...peer(request) };
    this.requests.push(seen);
    const fault = this.faults(seen);
    const body = await readJson(request);
    if (fault?.kind === 'drop') return void response.destroy();
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'garbage') {
      response.writeHead(200, {});
      return void response.end('<html>gateway</html>');
    }
    if (fault?.kind === 'status') {
      const retry = fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
      return answer(response, fault.code, status(fault.code, fault.reason ?? '', 'as the script says'), retry);
    }
    if (target === undefined) return answer(response, ...this.answerOther(url.pathname));
    if (seen.verb === 'watch') return this.openWatch(target, query, response, fault);
    answer(response, ...this.answer(seen, target, query, body));
  }

  private answer(seen: SeenRequest, target: Target, query: Record<string, string>, body: unknown): [number, unknown] {
    const { collection, namespace, name = '' } = target;
    const live = this.store.get(collection, namespace, name);
    const missing = status(404, 'NotFound', `${target.kind.plural} "${name}" not found`);
    if (seen.verb === 'list') return this.answerList(target, query);
    if (seen.verb === 'create') return this.answerCreate(target, body as KubeObject);
    if (seen.verb === 'patch') return this.answerPatch(seen, target, query, body as KubeObject);
    if (live === undefined) return [404, missing];
    const { preconditions } = (body ?? {}) as { preconditions?: { uid?: string } };
    if (preconditions?.uid !== undefined && preconditions.uid !== live.metadata.uid) {
      return [409, status(409, 'Conflict', 'the UID in the precondition does not match')];
    }
    if (seen.verb === 'get') return [200, live];
    if (seen.verb === 'update') return this.answerUpdate(target, live, body as KubeObject);
    if (query.dryRun === undefined && (body as { dryRun?: unknown } | undefined)?.dryRun === undefined) {
      this.store.remove(collection, namespace, name);
      this.applies.forget(`${collection}/${namespace ?? ''}/${name}`);
    }
    return [200, status(200, '', 'deleted')];
  }

  private answerList({ kind, collection, namespace }: Target, query: Record<string, string>): [number, unknown] {
    const [start = 0, atVersion = this.store.version] = query.continue?.split('@').map(Number) ?? [];
    if (atVersion < this.store.oldest) return [410, status(410, 'Expired', 'the continue token is too old')];
    const all = this.store.list(collection).filter(selectorOf(query, namespace));
    const limit = Number(query.limit ?? all.length);
    const end = start + limit;
    const next = end < all.length ? { continue: `${end}@${atVersion}` } : {};
    const items = all.slice(start, end).map(({ apiVersion: _version, kind: _kind, ...item }) => item);
    const list = { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind) };
    return [200, { ...list, metadata: { resourceVersion: String(atVersion), ...next }, items }];
  }

  private answerCreate({ kind, collection, namespace }: Target, object: KubeObject): [number, unknown] {
    const { name } = object.metadata;
    if (this.store.get(collection, namespace, name) !== undefined) {
      return [409, status(409, 'AlreadyExists', `${kind.plural} "${name}" already exists`)];
    }
    return [201, this.store.put(collection, object)];
  }

  private answerUpdate({ collection }: Target, live: KubeObject, object: KubeObject): [number, unknown] {
    const { resourceVersion } = object.metadata;
    if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) {
      return [409, status(409, 'Conflict', 'the object has been modified')];
    }
    return [200, this.store.put(collection, object)];
  }

  private answerPatch(
    { headers }: SeenRequest,
    { collection, namespace, name = '' }: Target,
    query: Record<string, string>,
    body: KubeObject,
  ): [number, unknown] {
    const live = this.store.get(collection, namespace, name);
    if (headers['content-type'] !== 'application/apply-patch+yaml') {
      if (live === undefined) return [404, status(404, 'NotFound', 'not found')];
      return [200, this.store.put(collection, { ...live, ...body, metadata: { ...live.metadata, ...body.metadata } })];
    }
    const dryRun = query.dryRun === 'All';
    const options = { manager: query.fieldManager ?? '', force: query.force === 'true', dryRun };
    const outcome = this.applies.apply(`${collection}/${namespace ?? ''}/${name}`, live, body, options);
    if ('conflicts' in outcome) return [409, conflictStatus(outcome.conflicts)];
    if (live !== undefined && JSON.stringify(live) === JSON.stringify(outcome.object)) return [200, live];
    if (dryRun) return [live === undefined ? 201 : 200, outcome.object];
    return [live === undefined ? 201 : 200, this.store.put(collection, outcome.object)];
  }

  private openWatch(
    { collection, namespace }: Target,
    query: Record<string, string>,
    response: ScriptedResponse,
    fault: ReturnType<FaultScript>,
  ): void {
    const wantsInitial = query.sendInitialEvents === 'true';
    if (wantsInitial && this.offersWatchList === 'refused') {
      return answer(response, 422, status(422, 'Invalid', 'sendInitialEvents is forbidden'));
    }
    const fromVersion = query.resourceVersion === undefined ? this.store.version : Number(query.resourceVersion);
    if (fromVersion < this.store.oldest) return answer(response, 410, status(410, 'Expired', 'too old'));
    const selects = selectorOf(query, namespace);
    const initialEvents = wantsInitial && this.offersWatchList === 'yes';
    const watch = new ScriptedWatch(this.store, { collection, fromVersion, initialEvents, selects }, response, fault);
    this.watches.add(watch);
    response.on('close', () => this.watches.delete(watch));
  }

  private answerOther(path: string): [number, unknown] {
    if (path === '/version') return [200, { major: '1', minor: '36', gitVersion: 'v1.36.0' }];
    const version = /^\/apis?\/(.+)$/.exec(path)?.[1];
    const served = this.kinds.filter((kind) => apiVersionOf(kind) === version);
    if (served.length === 0) return [404, status(404, 'NotFound', 'the server could not find the requested resource')];
    const resources = served.flatMap(({ plural, kind, namespaced }) => [
      { name: plural, kind, namespaced },
      { name: `${plural}/status`, kind, namespaced },
    ]);
    return [200, { kind: 'APIResourceList', groupVersion: version, resources }];
  }

  private targetOf(path: string): Target | undefined {
    for (const kind of this.kinds) {
      const collection = collectionPath(kind);
      const root = collection.slice(0, collection.lastIndexOf('/'));
      const match = new RegExp(`^${root}(?:/namespaces/([^/]+))?/${kind.plural}(?:/([^/]+))?(?:/[^/]+)?$`).exec(path);
      if (match === null) continue;
      const [, namespace, name] = match;
      return { kind, collection, ...(namespace !== undefined ? { namespace } : {}), ...(name ? { name } : {}) };
    }
    return undefined;
  }
}

function verbOf(method: string, target: Target | undefined, query: Record<string, string>): SeenRequest['verb'] {
  if (target === undefined) return 'other';
  if (method === 'GET') return query.watch === 'true' ? 'watch' : target.name === undefined ? 'list' : 'get';
  return ({ POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' } as const)[method] ?? 'other';
}

function selectorOf(query: Record<string, string>, namespace: string | undefined): (object: KubeObject) => boolean {
  const labels = (query.labelSelector ?? '').split(',').filter((part) => part !== '');
  return ({ metadata }) =>
    (namespace === undefined || metadata.namespace === namespace) &&
    labels.every((part) => metadata.labels?.[part.split('=')[0] ?? ''] === part.split('=')[1]);
}

function status(code: number, reason: string, message: string): Record<string, unknown> {
  return { kind: 'Status', apiVersion: 'v1', code, reason, message };
}

function conflictStatus(conflicts: readonly { field: string; manager: string }[]): unknown {
  const causes = conflicts.map(({ field, manager }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${manager}" using v1`,
    field,
  }));
  return { ...status(409, 'Conflict', `Apply failed with ${causes.length} conflicts`), details: { causes } };
}

function answer(response: ScriptedResponse, code: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

async function readJson(request: ScriptedRequest): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

type ScriptedRequest = IncomingMessage | Http2ServerRequest;

function createListener(
  tls: ScriptedTls | undefined,
  listener: (request: ScriptedRequest, response: ScriptedResponse) => void,
  sessions: Set<ServerHttp2Session>,
): Server {
  if (tls === undefined) return createServer(listener);
  const { cert, key, ca, http2, maxConcurrentStreams = 100 } = tls;
  const options = { cert, key, ca, requestCert: true, rejectUnauthorized: false };
  if (!http2) return createHttpsServer(options, listener);
  const server = createSecureServer({ ...options, allowHTTP1: true, settings: { maxConcurrentStreams } });
  server.on('request', (request, response) => listener(request, response as ScriptedResponse));
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  return server;
}

/** Name in the client's certificate, and the version of HTTP it speaks. */
function peer(request: ScriptedRequest): Pick<SeenRequest, 'clientName' | 'httpVersion'> {
  const socket = request.socket as Partial<TLSSocket>;
  const clientName = socket.getPeerCertificate?.()?.subject?.CN;
  return { httpVersion: request.httpVersion, ...(typeof clientName === 'string' ? { clientName } : {}) };
}
