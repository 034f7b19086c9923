import { parseDurationMs } from '../../istio';
import { formatTime, parseZoneName, systemClock } from '../../kernel';
import { checkZone, editDrains, withDrain } from '../edit-drains';
import { openHub } from '../hub-client';

/** Options of `flotilla drain ZONE NAMESPACE/NAME`. */
export interface DrainOptions {
  readonly arguments: readonly string[];
  /** How long, as Go writes durations. */
  readonly for?: string;
  readonly reason?: string;
  readonly kubeconfig?: string;
}

/** Sends the traffic of an access point away from a zone, for a while: the drain ends by itself. @throws FlotillaError as `editDrains` and `checkZone` */
export async function run({ arguments: [zone = '', target = ''], ...options }: DrainOptions): Promise<void> {
  const { for: duration = '1h', reason, kubeconfig } = options;
  const until = formatTime(systemClock.nowMs() + parseDurationMs(duration));
  const row = { zone: parseZoneName(zone), until, ...(reason === undefined ? {} : { reason }) };
  const client = await openHub(kubeconfig);
  try {
    await editDrains(client, target, (drains, zones) => {
      checkZone(target, row.zone, zones);
      return withDrain(drains, row);
    });
    process.stdout.write(
      `hub  AccessPoint ${target}  drains ${zone} until ${until}\nUndo it: flotilla undrain ${zone} ${target}\n`,
    );
  } finally {
    await client.close();
  }
}
