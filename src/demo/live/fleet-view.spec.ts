import type { AccessPoint } from '../../accesspoint';
import type { MemberCluster } from '../../federation/api';
import { ManualClock } from '../../kernel';
import { factsOf, type FleetView, renderView } from './fleet-view';
import { LiveScreen } from './live-screen';

const condition = (type: string, status: 'True' | 'False', message: string) => ({
  ...{ type, status, message, reason: 'Test', lastTransitionTime: '2026-01-01T00:00:00Z' },
});

const view = (more: Partial<FleetView> = {}): FleetView => ({
  accessPoints: [
    {
      metadata: { name: 'checkout', namespace: 'shop' },
      status: {
        conditions: [condition('Available', 'True', '3 ready endpoints in 1 zones')],
        clusters: [
          {
            ...{ cluster: 'east-1-gateway', zone: 'east/east-1', phase: 'Applied', revision: '0123456789abcdef' },
            ...{ routeConfigured: { acked: 1, total: 1 }, certificate: { installed: true } },
          },
          { cluster: 'east-1-apps', zone: 'east/east-1', phase: 'Applied', vip: '127.11.1.1' },
        ],
      },
    } as unknown as AccessPoint,
  ],
  members: [
    {
      metadata: { name: 'east-1-gateway' },
      spec: { region: 'east', zone: 'east-1', role: 'Gateway' },
      status: { conditions: [condition('Reachable', 'True', 'it answers')] },
    } as unknown as MemberCluster,
  ],
  traffic: {
    'east/east-1': {
      grpc: {
        ...{ requests: 201, errors: 1, errorMessages: [], maxCrossings: 1, durationMs: 30_000 },
        answers: { 'east/east-1': 198, 'east/east-2': 2 },
      },
    },
  },
  processes: [{ id: 'hub', state: { kind: 'ready', pid: 7, line: {} } }],
  ...more,
});

describe('renderView', () => {
  it('shows members, access points per cluster, shares and processes', () => {
    expect(renderView(view()).split('\n')).toEqual([
      'Members',
      'CLUSTER         ZONE         ROLE     REACHABLE  SYNCED  TRUSTED',
      'east-1-gateway  east/east-1  Gateway  True       -       -',
      '',
      'Access points',
      'CLUSTER         ACCESS POINT   PHASE    REVISION  VIP         ROUTES  CERTIFICATE',
      'east-1-gateway  shop/checkout  Applied  01234567  -           1/1     installed',
      'east-1-apps     shop/checkout  Applied  -         127.11.1.1  -       -',
      '',
      'Answers of the last 30 s',
      'FROM         BY    REQUESTS  ERRORS  TO east/east-1  TO east/east-2',
      'east/east-1  grpc  201       1       99.00 %         1.00 %',
      '',
      'All 1 processes run.',
    ]);
  });

  it('names what does not run, and since when the hub is silent', () => {
    const ended = { id: 'hub', state: { kind: 'ended', how: 'SIGKILL', wanted: false } } as const;
    const text = renderView(view({ processes: [ended], staleSince: '2026-01-01T00:00:00Z' }));
    expect(text).toContain('Not running: hub (ended, SIGKILL)');
    expect(text).toContain('Members   (the hub is silent since 2026-01-01T00:00:00Z)');
  });
});

describe('LiveScreen', () => {
  const shown = (text: string) => ({ picture: text, facts: factsOf(view()) });

  it('draws at most five times a second, always ends with the last picture, and draws nothing twice', async () => {
    const clock = new ManualClock();
    const written: string[] = [];
    const screen = new LiveScreen({ isTTY: true, write: (text) => written.push(text) }, clock);
    for (const text of ['one', 'two', 'three']) screen.show(shown(text));
    await clock.advance(1_000);
    expect(written.map((text) => /one|two|three/.exec(text)?.[0])).toEqual(['one', 'three']);
    expect(written[1]).toMatch(/^\u001b\[1A/);
    screen.show(shown('three'));
    await clock.advance(1_000);
    expect(written).toHaveLength(2);
    screen.close();
    screen.show(shown('four'));
    await clock.advance(1_000);
    expect(written).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it('cuts off what the terminal has no place for', () => {
    const written: string[] = [];
    const terminal = { isTTY: true, columns: 3, rows: 3, write: (text: string) => written.push(text) };
    const screen = new LiveScreen(terminal, new ManualClock());
    screen.show({ picture: 'abcdef\ng\nh\ni', facts: new Map() });
    screen.close();
    expect(written.join('').replace(/\u001b\[[KJ]|\r/g, '')).toBe('abc\ng\n');
  });

  it('writes plain lines of what changed where there is no terminal', async () => {
    const clock = new ManualClock();
    const lines: string[] = [];
    const screen = new LiveScreen({ write: (text) => lines.push(text) }, clock);
    const show = (more: Partial<FleetView>) => screen.show({ picture: '', facts: factsOf(view(more)) });
    show({});
    expect(lines).toEqual([
      'process hub: runs, process 7\n',
      'cluster east-1-gateway Reachable: True: it answers\n',
      'access point shop/checkout Available: True: 3 ready endpoints in 1 zones\n',
    ]);
    lines.length = 0;
    await clock.advance(1_000);
    show({ processes: [{ id: 'hub', state: { kind: 'ended', how: 'SIGKILL', wanted: false } }], members: [] });
    expect(lines).toEqual(['process hub: ended, SIGKILL\n', 'cluster east-1-gateway Reachable: gone\n']);
    screen.close();
  });
});
