import fc from 'fast-check';
import { leavingOf } from './leaving-members';
import type { NameMember, NameRecord } from './name-record';

const nowMs = Date.UTC(2026, 0, 1);
const TTL_SECONDS = 30;

function member(id: string, leavesAt?: string): NameMember {
  return {
    id,
    target: id,
    ratio: 1,
    addresses: [],
    mesh: [id],
    tiers: [],
    ...(leavesAt === undefined ? {} : { leavesAt }),
  };
}

function record(ids: readonly string[], fqdn = 'a.example'): NameRecord {
  return {
    ...{ owner: 'shop/a', fqdn, provider: 'builtin', ttlSeconds: TTL_SECONDS, policy: 'Locality', localPercent: 99 },
    ...{ nearest: {}, networks: {}, ports: [], members: ids.map((id) => member(id)), former: [] },
    schedule: { intervalSeconds: 5, timeoutSeconds: 2, failureThreshold: 3, successThreshold: 1 },
  };
}

/** What a zone holds after the hub has written once more. */
function next(present: NameRecord, wanted: NameRecord, atMs: number): NameRecord {
  const { members, former } = leavingOf(present, wanted, atMs);
  return { ...wanted, members: [...wanted.members, ...members], former: [...former] };
}

it('keeps what is gone for one TTL, however often it is looked at', () => {
  let held = next(record(['x', 'y']), record(['x']), nowMs);
  expect(held.members.map(({ id, leavesAt }) => [id, leavesAt])).toEqual([
    ['x', undefined],
    ['y', '2026-01-01T00:00:30Z'],
  ]);
  for (let second = 1; second < TTL_SECONDS; second += 1) held = next(held, record(['x']), nowMs + second * 1000);
  expect(held.members.map(({ id }) => id)).toEqual(['x', 'y']);
  expect(leavingOf(held, record(['x']), nowMs).nextMs).toBe(nowMs + TTL_SECONDS * 1000);
  expect(next(held, record(['x']), nowMs + TTL_SECONDS * 1000).members.map(({ id }) => id)).toEqual(['x']);
});

it('takes back what returns meanwhile', () => {
  const held = next(record(['x', 'y']), record(['x']), nowMs);
  expect(next(held, record(['x', 'y']), nowMs + 1000).members.every(({ leavesAt }) => leavesAt === undefined)).toBe(
    true,
  );
});

it('keeps every former name, and frees one that becomes the name again', () => {
  const second = next(record(['x'], 'a.example'), record(['x'], 'b.example'), nowMs);
  const third = next(second, record(['x'], 'c.example'), nowMs + 1000);
  expect(third.former.map(({ fqdn }) => fqdn)).toEqual(['a.example', 'b.example']);
  expect(next(third, record(['x'], 'a.example'), nowMs + 2000).former.map(({ fqdn }) => fqdn)).toEqual([
    ...['b.example', 'c.example'],
  ]);
});

it('never drops a member earlier than a TTL after DNS stopped telling it (property)', () => {
  const ids = fc.uniqueArray(fc.constantFrom('u', 'v', 'w', 'x'));
  fc.assert(
    fc.property(fc.array(fc.tuple(ids, fc.integer({ min: 1, max: 20_000 })), { maxLength: 30 }), (steps) => {
      const lastToldMs = new Map<string, number>();
      let held = record([]);
      let atMs = nowMs;
      for (const [wanted, pauseMs] of steps) {
        for (const { id, leavesAt } of held.members) if (leavesAt === undefined) lastToldMs.set(id, atMs + pauseMs);
        atMs += pauseMs;
        held = next(held, record(wanted), atMs);
        const kept = new Set(held.members.map(({ id }) => id));
        for (const [id, toldMs] of lastToldMs) {
          if (!kept.has(id)) expect(atMs - toldMs).toBeGreaterThanOrEqual(TTL_SECONDS * 1000);
        }
      }
    }),
  );
});
