import { DemoWorkloads } from '../../demo/workload';
import { readFleetPlan, zoneOfPlan } from '../../demo/plan';
import { systemClock } from '../../kernel';
import { createProcessLogger } from '../process-logger';
import { announceReady, untilStopped } from '../until-stopped';

/** Options of `flotilla demo-workloads`. */
export interface DemoWorkloadsOptions {
  readonly plan: string;
  readonly zone: string;
}

/** Runs the applications, endpoint slices and load balancers of one demo zone until it is stopped. */
export async function run(options: DemoWorkloadsOptions): Promise<void> {
  const stopped = untilStopped();
  const plan = readFleetPlan(options.plan);
  const zone = zoneOfPlan(plan, options.zone);
  const logger = createProcessLogger({ process: 'demo-workloads', zone: zone.name });
  const workloads = await DemoWorkloads.start({ plan, zone, clock: systemClock, logger });
  announceReady({ zone: zone.name, addresses: `${zone.addresses.prefix}.0.0/16` });
  await stopped;
  await workloads.stop();
}
