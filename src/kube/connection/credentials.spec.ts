import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../kernel';
import type { ConnectionOptions } from './connection-options';
import { Credentials } from './credentials';
import { inClusterConnection } from './in-cluster-connection';

let directory: string;
const clock = new ManualClock();

beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'credentials-'))));
afterEach(() => rmSync(directory, { recursive: true }));

function credentials(fields: Partial<ConnectionOptions>): Credentials {
  return new Credentials({ cluster: 'east-1', server: 'https://east', ...fields }, clock);
}

function file(name: string, content: string): string {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
}

/** A plug-in that counts its runs in a file and prints what it is told to. */
function plugin(status: object, extra: object = {}): NonNullable<ConnectionOptions['exec']> {
  const apiVersion = 'client.authentication.k8s.io/v1';
  const script = file(
    'plugin.js',
    `const fs = require('fs');
     fs.appendFileSync(${JSON.stringify(join(directory, 'runs'))}, process.env.KUBERNETES_EXEC_INFO + '\\n');
     console.log(JSON.stringify({ apiVersion: '${apiVersion}', kind: 'ExecCredential', status: ${JSON.stringify(status)} }));`,
  );
  return { apiVersion, command: process.execPath, args: [script], ...extra };
}

function runs(): string[] {
  return readFileSync(join(directory, 'runs'), 'utf8').trim().split('\n');
}

describe('Credentials', () => {
  it('sends a token, a password and an impersonation as headers', async () => {
    expect((await credentials({ token: 'abc' }).current()).headers).toEqual({ authorization: 'Bearer abc' });
    const basic = await credentials({ username: 'ann', password: 'pw' }).current();
    expect(basic.headers).toEqual({ authorization: `Basic ${Buffer.from('ann:pw').toString('base64')}` });
    const acting = await credentials({ impersonate: { user: 'bob', groups: ['a', 'b'] } }).current();
    expect(acting.headers).toEqual({ 'impersonate-user': 'bob', 'impersonate-group': ['a', 'b'] });
  });

  it('reads a rotated token file again after a minute, and keeps the last content when it is gone', async () => {
    const tokenFile = file('token', 'first\n');
    const rotating = credentials({ tokenFile });
    expect((await rotating.current()).headers.authorization).toBe('Bearer first');
    file('token', 'second\n');
    expect((await rotating.current()).headers.authorization).toBe('Bearer first');
    await clock.advance(60_000);
    expect((await rotating.current()).headers.authorization).toBe('Bearer second');
    rmSync(tokenFile);
    await clock.advance(60_000);
    expect((await rotating.current()).headers.authorization).toBe('Bearer second');
  });

  it('reads a token file at once when the server refused the token', async () => {
    const tokenFile = file('token', 'first');
    const rotating = credentials({ tokenFile });
    await rotating.current();
    file('token', 'second');
    expect(rotating.invalidate(undefined)).toBe(true);
    expect((await rotating.current()).headers.authorization).toBe('Bearer second');
    expect(credentials({ token: 'fixed' }).invalidate(undefined)).toBe(false);
  });

  it('names the file that cannot be read', async () => {
    const missing = credentials({ caFile: join(directory, 'ca.crt') }).current();
    await expect(missing).rejects.toMatchObject({ code: 'FLO2022', message: expect.stringContaining('ca.crt') });
  });

  it('runs a plug-in once for callers at the same moment, and again before the credential expires', async () => {
    const expirationTimestamp = new Date(clock.nowMs() + 600_000).toISOString();
    const provided = credentials({ exec: plugin({ token: 't', expirationTimestamp }, { provideClusterInfo: true }) });
    const [one, two] = await Promise.all([provided.current(), provided.current()]);
    expect(one.headers).toEqual({ authorization: 'Bearer t' });
    expect(two).toBe(one);
    await provided.current();
    expect(runs()).toHaveLength(1);
    expect(JSON.parse(runs()[0]!)).toMatchObject({ spec: { interactive: false, cluster: { server: 'https://east' } } });
    await clock.advance(580_000);
    await provided.current();
    expect(runs()).toHaveLength(2);
  });

  it('does not run a plug-in again for a refusal of what it has renewed already', async () => {
    const renewing = credentials({ exec: plugin({ token: 'same' }) });
    const first = await renewing.current();
    expect(renewing.invalidate(first)).toBe(true);
    const second = await renewing.current();
    expect(renewing.invalidate(first)).toBe(true); // a straggler
    await renewing.current();
    expect(runs()).toHaveLength(2);
    expect(renewing.invalidate(second)).toBe(true);
    await renewing.current();
    expect(runs()).toHaveLength(3);
  });

  it('takes a client certificate from a plug-in', async () => {
    const exec = plugin({ clientCertificateData: 'CERT', clientKeyData: 'KEY' });
    expect((await credentials({ exec }).current()).tls).toEqual({ certificatePem: 'CERT', keyPem: 'KEY' });
  });

  it.each([
    ['is absent', { command: '/no/such/program', args: [] }, /ENOENT/],
    ['fails', { args: ['-e', 'console.error("log in first"); process.exit(3)'] }, /log in first/],
    ['prints no JSON', { args: ['-e', 'console.log("hello")'] }, /not JSON/],
    ['prints another object', { args: ['-e', 'console.log("{}")'] }, /no ExecCredential/],
    ['needs a terminal', { interactiveMode: 'Always' }, /terminal/],
    ['answers in another version', { apiVersion: 'client.authentication.k8s.io/v1beta1' }, /answered in/],
  ])('explains a plug-in that %s', async (_what, change, message) => {
    const exec = { ...plugin({ token: 't' }), ...change } as NonNullable<ConnectionOptions['exec']>;
    const attempt = credentials({ exec }).current();
    await expect(attempt).rejects.toMatchObject({ code: 'FLO2021', message: expect.stringMatching(message) });
  });
});

describe('inClusterConnection', () => {
  it('takes the address from the environment and files from the service account', () => {
    file('token', 't');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    expect(inClusterConnection('hub', { env, accountDirectory: directory })).toEqual({
      cluster: 'hub',
      server: 'https://[fd00::1]:443',
      tokenFile: join(directory, 'token'),
      caFile: join(directory, 'ca.crt'),
    });
  });

  it('says when this is no pod', () => {
    const connect = (): unknown => inClusterConnection('hub', { env: {}, accountDirectory: directory });
    expect(connect).toThrow(/no pod/);
  });
});
