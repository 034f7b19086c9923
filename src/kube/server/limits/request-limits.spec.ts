import { ManualClock } from '../../../kernel';
import { defaultRequestLimits, RequestGate, type RequestLimits } from './request-limits';

const gateWith = (limits: Partial<RequestLimits>, clock = new ManualClock()): RequestGate =>
  new RequestGate({ ...defaultRequestLimits, ...limits }, () => clock.nowMs());
const ann = { name: 'ann', groups: [] };
const bob = { name: 'bob', groups: [] };
const admin = { name: 'admin', groups: ['system:masters'] };
const refusal = expect.objectContaining({ httpCode: 429, details: { retryAfterSeconds: 1 } }) as Error;

const refused = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (cause) {
    return cause;
  }
};

describe('RequestGate', () => {
  it('holds back users who ask too often, each by themselves, and admins never', async () => {
    const clock = new ManualClock();
    const gate = gateWith({ requestsPerSecondPerUser: 2, burstPerUser: 3 }, clock);
    for (let count = 0; count < 3; count += 1) gate.enter(ann, 'get')();
    expect(refused(() => gate.enter(ann, 'get'))).toEqual(refusal);
    gate.enter(bob, 'get')();
    for (let count = 0; count < 10; count += 1) gate.enter(admin, 'get')();
    await clock.advance(500);
    gate.enter(ann, 'get')();
    expect(refused(() => gate.enter(ann, 'get'))).toEqual(refusal);
  });

  it('counts reads and writes under way apart', () => {
    const gate = gateWith({ maxReadsInFlight: 1, maxWritesInFlight: 1 });
    const leave = gate.enter(admin, 'list');
    expect(refused(() => gate.enter(admin, 'get'))).toEqual(refusal);
    gate.enter(admin, 'create');
    expect(gate.numbers).toEqual({ reads: 1, writes: 1, watches: 0 });
    leave();
    leave();
    gate.enter(admin, 'get');
    expect(gate.numbers.reads).toBe(1);
  });

  it('bounds watches of all and of one', () => {
    const gate = gateWith({ maxWatches: 3, maxWatchesPerUser: 2 });
    const first = gate.enter(ann, 'watch');
    gate.enter(ann, 'watch');
    expect(refused(() => gate.enter(ann, 'watch'))).toEqual(refusal);
    gate.enter(bob, 'watch');
    expect(refused(() => gate.enter(bob, 'watch'))).toEqual(refusal);
    first();
    gate.enter(ann, 'watch');
    expect(gate.numbers.watches).toBe(3);
  });

  it('goes on when the clock of the machine is set back', async () => {
    const clock = new ManualClock();
    const gate = gateWith({ requestsPerSecondPerUser: 2, burstPerUser: 3 }, clock);
    gate.enter(ann, 'get')();
    await clock.advance(-3_600_000);
    gate.enter(ann, 'get')();
    gate.enter(ann, 'get')();
    expect(refused(() => gate.enter(ann, 'get'))).toEqual(refusal);
    await clock.advance(500);
    gate.enter(ann, 'get')();
  });
});
