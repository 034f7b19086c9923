interface Place<K> {
  readonly key: K;
  readonly ticket: number;
}

/**
 * Keys in the order in which they came. A Set would do, but looks at all that was deleted from its front each time its first is asked
 * for: a line of many thousands would take the square of its length to work off.
 */
export class KeyLine<K> {
  private places: Place<K>[] = [];
  private head = 0;
  private nextTicket = 0;
  /** Who still waits, and with which ticket; places with another ticket were left. */
  private readonly tickets = new Map<K, number>();

  get size(): number {
    return this.tickets.size;
  }

  /** The key must not be in the line. */
  add(key: K): void {
    const ticket = this.nextTicket++;
    this.tickets.set(key, ticket);
    this.places.push({ key, ticket });
  }

  delete(key: K): void {
    this.tickets.delete(key);
    // Moving up once half have left keeps that cheap on average.
    if (this.places.length <= 2 * this.tickets.size + 16) return;
    this.places = this.places.slice(this.head).filter((place) => this.isTaken(place));
    this.head = 0;
  }

  /** Who is first; undefined when nobody waits. */
  first(): K | undefined {
    for (; this.head < this.places.length; this.head += 1) {
      const place = this.places[this.head];
      if (place !== undefined && this.isTaken(place)) return place.key;
    }
    return undefined;
  }

  private isTaken({ key, ticket }: Place<K>): boolean {
    return this.tickets.get(key) === ticket;
  }
}
