/** Something that is due at a time. */
interface Due {
  readonly dueMs: number;
}

/** A binary heap: who is due first comes first, in logarithmic time however many wait. */
export class DueHeap<Item extends Due> {
  private readonly items: Item[] = [];

  get size(): number {
    return this.items.length;
  }

  /** Who is due next. */
  peek(): Item | undefined {
    return this.items[0];
  }

  push(item: Item): void {
    let place = this.items.push(item) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.items[parent];
      if (above === undefined || above.dueMs <= item.dueMs) break;
      this.items[place] = above;
      place = parent;
    }
    this.items[place] = item;
  }

  pop(): Item | undefined {
    const [first] = this.items;
    const last = this.items.pop();
    if (last !== undefined && this.items.length > 0) this.sink(last);
    return first;
  }

  clear(): void {
    this.items.length = 0;
  }

  private sink(item: Item): void {
    const { items } = this;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const leftDueMs = items[left]?.dueMs ?? Number.POSITIVE_INFINITY;
      const rightDueMs = items[left + 1]?.dueMs ?? Number.POSITIVE_INFINITY;
      const child = rightDueMs < leftDueMs ? left + 1 : left;
      const below = items[child];
      if (below === undefined || below.dueMs >= item.dueMs) break;
      items[place] = below;
      place = child;
    }
    items[place] = item;
  }
}
