import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ManualClock, silentLogger } from '../../kernel';
import { KubeClient } from '../client/kube-client';
import { coreKinds, type KubeObject } from '../schema';
import { CertificateAuthority } from '../server/authentication/certificate-authority';
import { eventually } from '../testing/eventually';
import type { Fault } from '../testing/fault';
import { ScriptedApiServer } from '../testing/scripted-api-server';
import { Informer } from './informer';

const { service } = coreKinds;

/** What happens in the cluster and to the connections, one after another. */
type Step =
  | { readonly do: 'put' | 'remove'; readonly name: string }
  | { readonly do: 'compact' | 'cut' | 'bookmark' | 'settle' }
  | { readonly do: 'pass'; readonly ms: number };

const afterEvents = fc.nat(4);
const fault: fc.Arbitrary<Fault | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(500, 429, 410, 403, 503).map((code) => ({ kind: 'status', code }) as const),
  fc.constantFrom<Fault>(
    { kind: 'drop' },
    { kind: 'hang' },
    { kind: 'garbage' },
    { kind: 'repeat' },
    { kind: 'reorder' },
  ),
  fc
    .tuple(fc.constantFrom('end', 'tear', 'silence', 'gone', 'noise'), afterEvents)
    .map(([kind, events]) => ({ kind, afterEvents: events })),
);
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('put', 'remove'), name }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Step>({ do: 'compact' }, { do: 'cut' }, { do: 'bookmark' }, { do: 'settle' }),
  },
  { weight: 2, arbitrary: fc.integer({ min: 100, max: 100_000 }).map((ms) => ({ do: 'pass', ms }) as const) },
);

async function perform(server: ScriptedApiServer, clock: ManualClock, action: Step): Promise<void> {
  if (action.do === 'put') {
    server.put(service, { apiVersion: 'v1', kind: 'Service', metadata: { name: action.name, namespace: 'shop' } });
  }
  if (action.do === 'remove') server.remove(service, action.name, 'shop');
  if (action.do === 'compact') server.store.compact();
  if (action.do === 'cut') server.cutConnections();
  if (action.do === 'bookmark') server.bookmarkAll();
  if (action.do === 'settle') for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  if (action.do === 'pass') await clock.advance(action.ms);
}

function sameAsServer(server: ScriptedApiServer, cached: readonly KubeObject[]): boolean {
  const versions = (objects: readonly KubeObject[]): string =>
    objects
      .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)
      .sort()
      .join();
  return versions(cached) === versions(server.list(service));
}

let certificate: { readonly cert: string; readonly key: string; readonly ca: string };

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'informer-'));
  const authority = await CertificateAuthority.open(directory, () => Date.now());
  rmSync(directory, { recursive: true });
  const pair = await authority.issue({ commonName: 'apiserver', names: ['127.0.0.1'] });
  certificate = { cert: pair.certificate, key: pair.key, ca: authority.certificate };
});

it('holds what the server holds, whatever went wrong on the way', async () => {
  const cases = fc.record({
    steps: fc.array(step, { maxLength: 25 }),
    faults: fc.array(fault, { maxLength: 10 }),
    offersWatchList: fc.constantFrom('yes', 'refused'),
    seed: fc.double({ min: 0, max: 0.999, noNaN: true }),
    http2: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ steps, faults, offersWatchList, seed, http2 }) => {
      const clock = new ManualClock();
      const server = await ScriptedApiServer.start([service], http2 ? { ...certificate, http2 } : undefined);
      const client = new KubeClient({ ...server.connection, caPem: certificate.ca }, { clock });
      server.offersWatchList = offersWatchList;
      const left = [...faults];
      server.faults = () => left.shift();
      const informer = new Informer({ client, kind: service, clock, random: () => seed, logger: silentLogger });
      const mirror = new Map<string, string | undefined>();
      informer.onChange((key, current) => {
        if (current === undefined) mirror.delete(key);
        else mirror.set(key, current.metadata.resourceVersion);
      });
      informer.start();
      try {
        for (const action of steps) await perform(server, clock, action);
        await eventually(() => sameAsServer(server, informer.list()) && informer.state.kind === 'Live', {
          clock,
          stepMs: 700,
        });
        const listed = informer.list().map(({ metadata }) => [`shop/${metadata.name}`, metadata.resourceVersion]);
        expect([...mirror].sort()).toEqual(listed.sort());
      } finally {
        await informer.stop();
        await client.close();
        await server.close();
      }
      expect(clock.pending).toBe(0);
    }),
    { numRuns: Number(process.env.FAULT_RUNS ?? 60) },
  );
}, 120_000);
