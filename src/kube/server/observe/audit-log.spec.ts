import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, silentLogger } from '../../../kernel';
import { KubeApiError, KubeClient, parseKubeconfig } from '../..';
import { coreKinds, type ResourceKind } from '../../schema';
import { type ApiServer, startApiServer } from '../api-server';
import { resolveRequestInfo } from '../request/request-info';
import { type AuditedRequest, AuditLog, type AuditOptions } from './audit-log';

interface AuditEvent {
  readonly level: string;
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username?: string };
  readonly impersonatedUser?: { readonly username: string };
  readonly objectRef?: Readonly<Record<string, string>>;
  readonly responseStatus: { readonly code: number };
}

const secrets: ResourceKind = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
const PASSWORD = 'correct-horse-battery-staple';

let folder: string;
let path: string;
let server: ApiServer | undefined;
let client: KubeClient;

async function start(options: Partial<AuditOptions> = {}): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-audit-'));
  path = join(folder, 'log', 'audit.log');
  server = await startApiServer({ dataDir: join(folder, 'data'), audit: { path, ...options } });
  client = new KubeClient(parseKubeconfig(server.kubeconfig(), undefined, { untrusted: true }));
}

/** Stops the server, after which everything is written, and reads what was. */
async function stop(file = path): Promise<{ readonly text: string; readonly events: readonly AuditEvent[] }> {
  await client.close();
  await server?.close();
  server = undefined;
  const text = readFileSync(file, 'utf8');
  return {
    text,
    events: text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditEvent),
  };
}

afterEach(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const audited: AuditedRequest = {
  info: resolveRequestInfo('POST', '/api/v1/namespaces/default/secrets'),
  url: '/api/v1/namespaces/default/secrets',
  user: undefined,
  caller: undefined,
  ...{ userAgent: '', sourceAddress: '', code: 201, startedMs: 0, endedMs: 1 },
};

const secret = (name: string): Parameters<KubeClient['create']>[1] => ({
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'default' }, type: 'Opaque' },
  data: { password: Buffer.from(PASSWORD).toString('base64') },
});

describe('the audit log', () => {
  it('says who did what to which object, and how it ended', async () => {
    await start();
    await client.create(secrets, secret('one'));
    await expect(client.create(secrets, secret('one'))).rejects.toBeInstanceOf(KubeApiError);
    await client.delete(secrets, 'one', 'default');
    const { events } = await stop();
    const told = events
      .filter(({ objectRef }) => objectRef?.resource === 'secrets')
      .map(({ user, verb, objectRef, responseStatus }) => [user.username, verb, objectRef?.name, responseStatus.code]);
    expect(told).toMatchObject([
      [expect.any(String), 'create', undefined, 201],
      [expect.any(String), 'create', undefined, 409],
      [expect.any(String), 'delete', 'one', 200],
    ]);
    expect(events[0]).toMatchObject({ kind: 'Event', apiVersion: 'audit.k8s.io/v1', stage: 'ResponseComplete' });
    expect(events.every(({ level, user }) => level === 'Metadata' && user.username !== undefined)).toBe(true);
  });

  it('holds no secret: neither what objects hold nor what people prove themselves with', async () => {
    await start({ reads: true });
    await client.create(secrets, secret('one'));
    await client.list(secrets, { namespace: 'default' });
    const { token = '' } = parseKubeconfig(server?.kubeconfig() ?? '', undefined, { untrusted: true });
    const mode = statSync(path).mode & 0o777;
    const { text, events } = await stop();
    expect(events.map(({ verb }) => verb)).toEqual(expect.arrayContaining(['create', 'list']));
    expect(token).not.toBe('');
    for (const hidden of [PASSWORD, Buffer.from(PASSWORD).toString('base64'), token])
      expect(text).not.toContain(hidden);
    expect(mode).toBe(0o600);
  });

  it('leaves reads out unless asked for them', async () => {
    await start();
    await client.list(coreKinds.namespace, {});
    await client.create(secrets, secret('one'));
    const { events } = await stop();
    expect(events.filter(({ verb }) => ['get', 'list', 'watch'].includes(verb))).toEqual([]);
    expect(events.length).toBeGreaterThan(0);
  });

  it('goes on in a new file when it is full, and keeps one before', async () => {
    await start({ maxBytes: 1500 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await client.create(secrets, secret(name));
    const { text } = await stop();
    expect(existsSync(`${path}.1`)).toBe(true);
    expect(text.length).toBeLessThanOrEqual(1500);
    expect(readFileSync(`${path}.1`, 'utf8').length).toBeLessThanOrEqual(1500);
  });

  it('never ends the process that it watches: what the disk refuses is dropped and said, and it goes on when the disk does', async () => {
    const errors: string[] = [];
    const logger: Logger = { ...silentLogger, error: (message) => errors.push(message) };
    folder = mkdtempSync(join(tmpdir(), 'flotilla-audit-'));
    path = join(folder, 'log', 'audit.log');
    const log = new AuditLog({ path, maxBytes: 1 }, logger);
    rmSync(join(folder, 'log'), { recursive: true });
    for (let number = 0; number < 3; number += 1) log.record(audited);
    expect(errors).toEqual(['audit events are dropped']);
    mkdirSync(join(folder, 'log'));
    writeFileSync(path, '');
    log.record(audited);
    await log.close();
    expect(readFileSync(path, 'utf8')).toContain('"verb":"create"');
  });

  it('says once that the disk is full, however many requests come', async () => {
    const errors: string[] = [];
    folder = mkdtempSync(join(tmpdir(), 'flotilla-audit-'));
    path = join(folder, 'audit.log');
    symlinkSync('/dev/full', path);
    const log = new AuditLog({ path }, { ...silentLogger, error: (message) => errors.push(message) });
    for (let number = 0; number < 3; number += 1) {
      log.record(audited);
      await log.close();
    }
    expect(errors).toEqual(['audit events are dropped']);
  });

  it('says at once that it cannot be written', () => {
    folder = mkdtempSync(join(tmpdir(), 'flotilla-audit-'));
    expect(() => new AuditLog({ path: folder }, silentLogger)).toThrow('EISDIR');
  });
});
