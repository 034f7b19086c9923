import { ManualClock, type Stop } from '../../kernel';
import { RequestGate, type RequestPriority } from './request-gate';

let clock: ManualClock;
let entered: string[];
let leaves: Stop[];

beforeEach(() => {
  clock = new ManualClock();
  [entered, leaves] = [[], []];
});

afterEach(() => expect(clock.pending).toBe(0));

function enter(gate: RequestGate, name: string, priority: RequestPriority = 'normal', signal?: AbortSignal): void {
  void gate.enter(priority, signal ?? new AbortController().signal).then(
    (leave) => {
      entered.push(name);
      leaves.push(leave);
    },
    () => entered.push(`${name} gave up`),
  );
}

describe('RequestGate', () => {
  it('lets a burst through, then the rate', async () => {
    const gate = new RequestGate({ requestsPerSecond: 10, burst: 3 }, 100, clock);
    for (let index = 0; index < 6; index += 1) enter(gate, `r${index}`);
    await clock.advance(0);
    expect(entered).toEqual(['r0', 'r1', 'r2']);
    await clock.advance(100);
    expect(entered).toHaveLength(4);
    await clock.advance(200);
    expect(entered).toHaveLength(6);
    await clock.advance(60_000);
    for (let index = 0; index < 3; index += 1) enter(gate, 'again');
    await clock.advance(0);
    expect(entered).toHaveLength(9);
  });

  it('bounds what is under way, and lets the most urgent in first', async () => {
    const gate = new RequestGate({ requestsPerSecond: 1000, burst: 1000 }, 1, clock);
    enter(gate, 'first');
    enter(gate, 'audit', 'low');
    enter(gate, 'apply');
    await clock.advance(0);
    expect(entered).toEqual(['first']);
    enter(gate, 'lease', 'high');
    await clock.advance(0);
    expect(entered).toEqual(['first', 'lease']);
    leaves[0]!();
    leaves[0]!();
    leaves[1]!();
    await clock.advance(0);
    expect(entered).toEqual(['first', 'lease', 'apply']);
    leaves[2]!();
    await clock.advance(0);
    expect(entered).toEqual(['first', 'lease', 'apply', 'audit']);
  });

  it('forgets who gave up', async () => {
    const gate = new RequestGate({ requestsPerSecond: 10, burst: 1 }, 10, clock);
    const stop = new AbortController();
    enter(gate, 'a');
    enter(gate, 'b', 'normal', stop.signal);
    enter(gate, 'c');
    await clock.advance(0);
    stop.abort();
    await clock.advance(100);
    expect(entered).toEqual(['a', 'b gave up', 'c']);
    expect(gate.depth).toBe(0);
  });

  it("goes on when the machine's clock is set back", async () => {
    const gate = new RequestGate({ requestsPerSecond: 10, burst: 2 }, 100, clock);
    await clock.advance(-3_600_000);
    for (let index = 0; index < 3; index += 1) enter(gate, `r${index}`);
    await clock.advance(100);
    expect(entered).toEqual(['r0', 'r1', 'r2']);
  });
});
