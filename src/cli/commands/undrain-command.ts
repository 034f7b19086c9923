import { editDrains, withoutDrain } from '../edit-drains';
import { openHub } from '../hub-client';

/** Options of `flotilla undrain ZONE NAMESPACE/NAME`. */
export interface UndrainOptions {
  readonly arguments: readonly string[];
  readonly kubeconfig?: string;
}

/** Ends the drain of a zone before its time. @throws FlotillaError as `editDrains` */
export async function run({ arguments: [zone = '', target = ''], kubeconfig }: UndrainOptions): Promise<void> {
  const client = await openHub(kubeconfig);
  try {
    await editDrains(client, target, (drains) => withoutDrain(drains, zone));
    process.stdout.write(`hub  AccessPoint ${target}  no longer drains ${zone}\n`);
  } finally {
    await client.close();
  }
}
