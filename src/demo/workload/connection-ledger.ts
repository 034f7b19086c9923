/**
 * Remembers, for the connections that this process's load balancers open to applications, where they came from. An
 * application looks up its own connection's peer and so learns the peers before the load balancer, which TCP hides.
 */
export class ConnectionLedger {
  private readonly peers = new Map<string, readonly string[]>();

  /** Notes a forwarded connection. @param local `address:port` that the load balancer speaks from @param before peers, client side first */
  open(local: string, before: readonly string[]): void {
    this.peers.set(local, before);
  }

  close(local: string): void {
    this.peers.delete(local);
  }

  /** All peer addresses behind a connection whose peer is `address:port`, client side first, the direct peer last. */
  peersOf(remote: string): readonly string[] {
    const address = remote.slice(0, remote.lastIndexOf(':'));
    return [...(this.peers.get(remote) ?? []), address];
  }

  /** How many forwarded connections are open. */
  get size(): number {
    return this.peers.size;
  }
}
