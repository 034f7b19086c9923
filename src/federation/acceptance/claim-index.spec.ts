import * as fc from 'fast-check';
import { type AccessPointSpec, accessPointKind, type Claimant, conflictFindings } from '../../accesspoint';
import { ClaimIndex } from './claim-index';

const spec = fc
  .record({
    hosts: fc.uniqueArray(fc.constantFrom('a.example.com', 'b.example.com', 'c.example.com'), { minLength: 1 }),
    port: fc.constantFrom(
      { name: 'http', number: 80, protocol: 'HTTP' },
      { name: 'http', number: 443, protocol: 'HTTP' },
      { name: 'https', number: 443, protocol: 'HTTPS', tls: { mode: 'PASSTHROUGH' } },
      { name: 'raw', number: 80, protocol: 'TCP' },
    ),
    service: fc.constantFrom('x', 'y', 'z'),
    mesh: fc.constantFrom('prod', 'stage'),
  })
  .map(({ hosts, port, service, mesh }): AccessPointSpec =>
    accessPointKind.spec.parse({
      mesh,
      hosts,
      ports: [port],
      backend: { service: { name: service }, selector: { app: service } },
      placement: { zones: ['east/a'] },
    }),
  );
const change = fc.record({
  name: fc.constantFrom('ann', 'ben', 'cid', 'dan', 'eve'),
  second: fc.integer({ min: 0, max: 2 }),
  wanted: fc.option(spec, { nil: undefined }),
  released: fc.array(spec, { maxLength: 1 }),
  isGone: fc.boolean(),
});

interface ChangeParts {
  readonly name: string;
  readonly second: number;
  readonly wanted: AccessPointSpec | undefined;
  readonly released: readonly AccessPointSpec[];
}

function claimantOf({ name, second, wanted, released }: ChangeParts): Claimant {
  const creationTimestamp = `2026-01-01T00:00:0${second}Z`;
  const metadata = { name, namespace: 'shop', creationTimestamp };
  return { accessPoint: { apiVersion: 'v', kind: 'AccessPoint', metadata }, wanted, released };
}

const keyOf = ({ name }: { readonly name: string }): string => `shop/${name}`;

describe('ClaimIndex', () => {
  it('finds the same conflicts as looking at everyone, and tells everyone whose verdict changes', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const index = new ClaimIndex();
        const world = new Map<string, Claimant>();
        const verdicts = (): Map<string, string> =>
          new Map([...world].map(([key, one]) => [key, JSON.stringify(conflictFindings(one, [...world.values()]))]));
        for (const one of changes) {
          const before = verdicts();
          const claimant = one.isGone ? undefined : claimantOf(one);
          if (claimant === undefined) world.delete(keyOf(one));
          else world.set(keyOf(one), claimant);
          const concerned = index.update(keyOf(one), claimant);
          const after = verdicts();
          for (const [key, verdict] of after) {
            expect(JSON.stringify(conflictFindings(world.get(key)!, index.rivalsOf(key)))).toBe(verdict);
            if (key !== keyOf(one) && before.get(key) !== verdict) expect(concerned).toContain(key);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('concerns nobody when an access point claims what it did, or shares a port by host', () => {
    const index = new ClaimIndex();
    const parts = (name: string, host: string): ChangeParts => ({
      name,
      second: 0,
      wanted: accessPointKind.spec.parse({
        mesh: 'prod',
        hosts: [host],
        ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
        backend: { service: { name }, selector: { app: name } },
        placement: { zones: ['east/a'] },
      }),
      released: [],
    });
    index.update('shop/ann', claimantOf(parts('ann', 'a.example.com')));
    expect(index.update('shop/ben', claimantOf(parts('ben', 'b.example.com')))).toEqual(new Set());
    expect(index.rivalsOf('shop/ben')).toEqual([]);
    expect(index.update('shop/cid', claimantOf(parts('cid', 'a.example.com')))).toEqual(new Set(['shop/ann']));
    expect(index.update('shop/cid', claimantOf(parts('cid', 'a.example.com')))).toEqual(new Set());
    expect(index.update('shop/cid', undefined)).toEqual(new Set(['shop/ann']));
  });
});
