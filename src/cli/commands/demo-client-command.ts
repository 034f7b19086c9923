import { ControlServer, LoadClient, registerXds, speakFrom } from '../../demo/client';
import { readFleetPlan, wellKnownPorts, zoneOfPlan } from '../../demo/plan';
import { systemClock } from '../../kernel';
import { announceReady, untilStopped } from '../until-stopped';

/** Options of `flotilla demo-client`. */
export interface DemoClientOptions {
  readonly plan: string;
  readonly zone: string;
}

/** Runs the client of one demo zone until it is stopped; it sends what its control port is asked for. */
export async function run(options: DemoClientOptions): Promise<void> {
  const stopped = untilStopped();
  const plan = readFleetPlan(options.plan);
  const zone = zoneOfPlan(plan, options.zone);
  const { client: address } = zone.addresses;
  speakFrom(address);
  await registerXds();
  const client = new LoadClient(plan, zone, systemClock);
  const control = await ControlServer.listen(client, address, wellKnownPorts.clientControl, systemClock);
  announceReady({ zone: zone.name, control: `${address}:${wellKnownPorts.clientControl}` });
  await stopped;
  await control.close();
}
