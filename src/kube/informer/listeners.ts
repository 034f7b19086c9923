import type { Stop } from '../../kernel';

/**
 * Functions to be told; adding one returns how to remove it. A listener added while telling hears from the next time
 * on.
 */
export class Listeners<Arguments extends readonly unknown[]> {
  private readonly listeners = new Set<(...args: Arguments) => void>();

  /** @param onFailure hears of listeners that threw; the others are told all the same */
  constructor(private readonly onFailure: (cause: unknown) => void) {}

  add(listener: (...args: Arguments) => void): Stop {
    const entry = (...args: Arguments): void => listener(...args);
    this.listeners.add(entry);
    return () => this.listeners.delete(entry);
  }

  tell(...args: Arguments): void {
    for (const listener of [...this.listeners]) {
      try {
        listener(...args);
      } catch (cause) {
        this.onFailure(cause);
      }
    }
  }
}
