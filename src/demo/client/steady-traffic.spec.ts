import { ManualClock, pause } from '../../kernel';
import { SteadyTraffic } from './steady-traffic';

describe('SteadyTraffic', () => {
  it('sends evenly, counts the last 30 s, and forgets what is older', async () => {
    const clock = new ManualClock();
    let zone = 'a';
    const traffic = new SteadyTraffic(() => Promise.resolve({ zone, crossings: 0 }), 10, clock);
    traffic.start();
    await clock.advance(10_000);
    expect(traffic.recent()).toMatchObject({ requests: 100, errors: 0, answers: { a: 100 } });
    zone = 'b';
    await clock.advance(30_000);
    const { requests, answers } = traffic.recent();
    expect(answers).toEqual({ b: requests });
    expect(requests).toBeGreaterThanOrEqual(250);
    traffic.stop();
    expect(clock.pending).toBe(0);
  });

  it('has no more under way than one second brings, however slow the answers are', async () => {
    const clock = new ManualClock();
    let underWay = 0;
    let most = 0;
    const ask = async () => {
      most = Math.max(most, ++underWay);
      await pause(clock, 5_000);
      underWay -= 1;
      throw new Error('too late');
    };
    const traffic = new SteadyTraffic(ask, 10, clock);
    traffic.start();
    await clock.advance(20_000);
    traffic.stop();
    expect(most).toBe(10);
    expect(traffic.recent().errorMessages).toEqual(['too late']);
    await clock.advance(10_000);
  });
});
