import { type Clock, pause, toFlotillaError } from '../../kernel';
import type { DemoFleet } from '../fleet/demo-fleet';
import { measurableKinds, rootOf } from '../fleet/measure-splits';
import { untilConverged } from '../fleet/measured-intent';
import type { ProcessState } from '../process/process-spec';
import { describeFleet } from './describe-fleet';
import { factsOf, type FleetView, renderView } from './fleet-view';
import { FleetFollower } from './follow-fleet';
import { LiveScreen, type Terminal } from './live-screen';

/** Requests a second from each zone by each kind of client. */
const TRAFFIC_PER_SECOND = 20;
const CONVERGE_TIMEOUT_MS = 60_000;
const RESTART_AFTER_MS = 15_000;

/**
 * The fleet as people look at it: what runs where, then a live picture, a trickle of traffic, and every process that ends
 * by itself is started again after 15 s, so that both its absence and its return can be watched.
 */
export class LiveFleet {
  private readonly screen: LiveScreen;
  private readonly stopping = new AbortController();
  private follower: FleetFollower | undefined;
  private fleet: DemoFleet | undefined;

  constructor(
    private readonly terminal: Terminal,
    private readonly clock: Clock,
  ) {
    this.screen = new LiveScreen(terminal, clock);
  }

  /** Resolves when the picture is shown; it goes on until `stop`. */
  async start(fleet: DemoFleet): Promise<void> {
    this.fleet = fleet;
    this.terminal.write(describeFleet(fleet));
    this.follower = new FleetFollower(fleet, this.clock, (view) => this.show(view));
    this.follower.start();
    await this.startTraffic(fleet);
  }

  /** To be told about every change of a process; before `start` nobody restarts anything. */
  onChange(id: string, state: ProcessState): void {
    this.follower?.refresh();
    if (this.fleet !== undefined && state.kind === 'ended' && !state.wanted) void this.restartLater(this.fleet, id);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.screen.close();
    await this.follower?.stop();
  }

  private show(view: FleetView): void {
    this.screen.show({ picture: renderView(view), facts: factsOf(view) });
  }

  private async startTraffic(fleet: DemoFleet): Promise<void> {
    try {
      const intent = await untilConverged(fleet, CONVERGE_TIMEOUT_MS, this.stopping.signal);
      const root = rootOf(intent);
      const order = { kinds: [...measurableKinds(fleet)], perSecond: TRAFFIC_PER_SECOND };
      const orders = fleet.plan.zones.map((zone) =>
        fleet.clientOf(zone).setTraffic({ ...order, ...(root === undefined ? {} : { caPem: root }) }),
      );
      await Promise.all(orders);
    } catch (cause) {
      if (!this.stopping.signal.aborted) this.terminal.write(`${toFlotillaError(cause).message}\n`);
    }
  }

  private async restartLater(fleet: DemoFleet, id: string): Promise<void> {
    await pause(this.clock, RESTART_AFTER_MS, this.stopping.signal);
    if (this.stopping.signal.aborted) return;
    try {
      await fleet.supervisor.restart(id);
      if (id.startsWith('client:')) await this.startTraffic(fleet);
    } catch (cause) {
      if (!this.stopping.signal.aborted) this.terminal.write(`${toFlotillaError(cause).message}\n`);
    }
  }
}
