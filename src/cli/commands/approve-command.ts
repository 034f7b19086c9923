import { decideGate, type GateOptions } from '../decide-gate';

/** Approves the gate that a rollout waits at. @throws FlotillaError as `decideGate` */
export async function run(options: GateOptions): Promise<void> {
  await decideGate('Approve', options);
}
