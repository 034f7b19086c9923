import type { ManualClock } from '../../kernel';

const TURNS = 2000;

/**
 * Lets sockets and promises do their work, without any time passing on the clock, until the condition holds. With
 * `stepMs` the clock moves on too, a step each time that everything had its turn: for what waits on back-off.
 */
export async function eventually(
  condition: () => boolean,
  { clock, stepMs = 0 }: { readonly clock?: ManualClock; readonly stepMs?: number } = {},
): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    if (condition()) return;
    for (let io = 0; io < 5; io += 1) await new Promise<void>((resolve) => setTimeout(resolve, 0));
    if (clock !== undefined && stepMs > 0) await clock.advance(stepMs);
  }
  throw new Error(`never came true: ${condition.toString()}`);
}
