import { type DyingTarget, type DyingTargetWorld, INTERVAL_MS, sighted, targets } from './dying-target';

/** A busy machine's second, on top of what is promised. */
const BUSY_MS = 1_000;
/** What DNS and mesh may lie apart. */
export const TOGETHER_MS = 1_000;

type Wanted = (addresses: readonly string[]) => boolean;

/** Every target takes part. */
export const whole: Wanted = (addresses) => addresses.length === targets.length;

/** Every target but one takes part. */
export function without({ vip, gateway }: DyingTarget): Wanted {
  return (addresses) =>
    addresses.length === targets.length - 1 && !addresses.includes(vip) && !addresses.includes(gateway);
}

/** Holds DNS to one check interval after a moment, and what proxies are pushed to the same second. @returns when DNS first answered so */
export async function follow(world: DyingTargetWorld, fromMs: number, isWanted: Wanted): Promise<number> {
  const dnsMs = await sighted(world.dns, fromMs, isWanted);
  const pushedMs = await sighted(world.pushed, fromMs, isWanted);
  expect(dnsMs - fromMs).toBeLessThanOrEqual(INTERVAL_MS + BUSY_MS);
  expect(pushedMs - dnsMs).toBeLessThanOrEqual(TOGETHER_MS);
  return dnsMs;
}

/** When calls last reached each target, by its virtual address. */
export class Reached {
  private readonly lastMs = new Map<string, number>();

  /** @param someRounds waits until so many more rounds of calls were made */
  constructor(private readonly someRounds: (count: number) => Promise<void>) {}

  note(vip: string): void {
    this.lastMs.set(vip, Date.now());
  }

  /** 0 when no call ever did. */
  last({ vip }: DyingTarget): number {
    return this.lastMs.get(vip) ?? 0;
  }

  vips(): string[] {
    return [...this.lastMs.keys()].sort();
  }

  /** Waits until a call reaches a target again. @returns when the first one did */
  async again(target: DyingTarget, fromMs: number): Promise<number> {
    this.lastMs.delete(target.vip);
    while (this.last(target) < fromMs) await this.someRounds(1);
    return this.last(target);
  }
}
