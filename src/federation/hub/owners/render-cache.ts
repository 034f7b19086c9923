import type { RememberedRendering } from '../../access-point';
import type { Rendering } from '../../release';

/**
 * What the hub rendered last, so that nothing is rendered again whose input did not change. A key says everything that the outcome depends on:
 * cluster, revision and facts. Holds no more than what the last decision about each owner asked for.
 */
export class RenderCache {
  private readonly owners = new Map<string, Map<string, Rendering>>();

  /** Begins a decision about an owner: what this one does not ask for is forgotten. */
  begin(owner: string): RememberedRendering {
    const before = this.owners.get(owner);
    const asked = new Map<string, Rendering>();
    this.owners.set(owner, asked);
    return (key, render) => {
      const rendering = asked.get(key) ?? before?.get(key) ?? render();
      asked.set(key, rendering);
      return rendering;
    };
  }

  /** Forgets an owner that is gone. */
  forget(owner: string): void {
    this.owners.delete(owner);
  }
}
